using System.Text.Json.Serialization;

namespace Talos.Fleet.Protocol;

/// <summary>Topic <c>events</c>: events in order.</summary>
public sealed record EventBatch
{
    /// <summary>Names the queue the numbers count in; 1 to 64 characters of <c>a-z 0-9 -</c>. A wiped disk makes a new one.</summary>
    public required string Stream { get; init; }

    /// <summary>The lowest number the node still has or ever will have: what is below and never came was dropped.</summary>
    public required long Oldest { get; init; }

    /// <summary>1 to 64 events, by rising number.</summary>
    public required IReadOnlyList<NodeEvent> Events { get; init; }
}

/// <summary>One event.</summary>
public sealed record NodeEvent
{
    /// <summary>Its number, from 1 without gaps.</summary>
    public required long Seq { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>True when the node's clock was not set from the network by then.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Unsynced { get; init; }

    /// <summary>Names the boot it happened in; 1 to 64 characters.</summary>
    public required string BootId { get; init; }

    /// <summary>What happened, in words with dots such as <c>service.failed</c>; up to 64 characters of <c>a-z 0-9 . -</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>How much it matters.</summary>
    public EventSeverity Severity { get; init; } = EventSeverity.Info;

    /// <summary>For a person; up to 1024 characters.</summary>
    public required string Message { get; init; }
}

/// <summary>How much an event matters.</summary>
[JsonConverter(typeof(WireEnumConverter<EventSeverity>))]
public enum EventSeverity
{
    /// <summary>A change.</summary>
    Info,

    /// <summary>Degraded and going on.</summary>
    Warning,

    /// <summary>Needs a person.</summary>
    Error,
}
