namespace Talos.Fleet.Protocol;

/// <summary>One topic: <c>talos/1/NODE/KIND</c>, or <c>talos/1/NODE/KIND/COMMAND</c> for commands and results.</summary>
/// <param name="Node">Id of the node.</param>
/// <param name="Kind">What is said there.</param>
/// <param name="CommandId">Id of the command; null for all other kinds.</param>
public sealed record FleetTopic(string Node, TopicKind Kind, string? CommandId = null)
{
    /// <summary>What every topic begins with: name and version of the protocol.</summary>
    public const string Root = "talos/1";

    /// <summary>The longest id of a command, in characters of <c>a-z 0-9 -</c>.</summary>
    public const int MaxCommandId = 64;

    private static readonly string[] Words = ["presence", "state", "telemetry", "events", "result", "desired", "command", "ack"];

    /// <summary>Topics a hub reads, of all nodes.</summary>
    public static IReadOnlyList<string> HubFilters { get; } =
        [$"{Root}/+/presence", $"{Root}/+/state", $"{Root}/+/telemetry", $"{Root}/+/events", $"{Root}/+/result/+"];

    /// <summary>Topics a node reads.</summary>
    public static IReadOnlyList<string> NodeFilters(string node) =>
        [$"{Root}/{node}/desired", $"{Root}/{node}/command/+", $"{Root}/{node}/ack"];

    /// <summary>Whether the kind goes from the node to the hub.</summary>
    public static bool FromNode(TopicKind kind) => kind <= TopicKind.Result;

    /// <summary>Whether the broker keeps the last message of the kind.</summary>
    public static bool IsRetained(TopicKind kind) => kind is TopicKind.Presence or TopicKind.State or TopicKind.Desired or TopicKind.Ack;

    /// <summary>Whether this is the id of a command: 1 to 64 characters of <c>a-z 0-9 -</c>.</summary>
    public static bool IsCommandId(ReadOnlySpan<char> text) => text.Length is > 0 and <= MaxCommandId && text.IndexOfAnyExcept(IdCharacters) < 0;

    /// <summary>Reads a topic; null when it is none of this protocol.</summary>
    public static FleetTopic? Parse(string topic)
    {
        if (topic.Length > 256)
        {
            return null;
        }

        string[] levels = topic.Split('/');
        if (levels.Length is < 4 or > 5 || levels[0] != "talos" || levels[1] != "1" || !NodeId.IsValid(levels[2]))
        {
            return null;
        }

        int index = Array.IndexOf(Words, levels[3]);
        if (index < 0)
        {
            return null;
        }

        TopicKind kind = (TopicKind)index;
        bool command = kind is TopicKind.Command or TopicKind.Result;
        return command != (levels.Length == 5) || (command && !IsCommandId(levels[4]))
            ? null
            : new FleetTopic(levels[2], kind, command ? levels[4] : null);
    }

    /// <summary>The topic as it stands in MQTT.</summary>
    public override string ToString() => CommandId is null ? $"{Root}/{Node}/{Words[(int)Kind]}" : $"{Root}/{Node}/{Words[(int)Kind]}/{CommandId}";

    internal static string Word(TopicKind kind) => Words[(int)kind];

    private static System.Buffers.SearchValues<char> IdCharacters { get; } = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");
}
