using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Talos.Fleet.Protocol;

/// <summary>Reads and writes messages; what is read is bounded and checked, and nothing throws on bad bytes.</summary>
public static class FleetMessages
{
    /// <summary>The longest message of a kind, in bytes.</summary>
    public static int MaxBytes(TopicKind kind) => kind switch
    {
        TopicKind.Presence => 2 << 10,
        TopicKind.State => 64 << 10,
        TopicKind.Telemetry => 16 << 10,
        TopicKind.Events => 256 << 10,
        TopicKind.Result => 32 << 10,
        TopicKind.Desired => 64 << 10,
        TopicKind.Command => 256 << 10,
        TopicKind.Ack => 1 << 10,
    };

    /// <summary>Reads a presence.</summary>
    public static Parsed<Presence> ReadPresence(ReadOnlySpan<byte> utf8) =>
        Read(utf8, MaxBytes(TopicKind.Presence), FleetJson.Default.Presence, MessageRules.Check);

    /// <summary>Reads a reported state.</summary>
    public static Parsed<ReportedState> ReadState(ReadOnlySpan<byte> utf8) =>
        Read(utf8, MaxBytes(TopicKind.State), FleetJson.Default.ReportedState, MessageRules.Check);

    /// <summary>Reads telemetry.</summary>
    public static Parsed<Telemetry> ReadTelemetry(ReadOnlySpan<byte> utf8) =>
        Read(utf8, MaxBytes(TopicKind.Telemetry), FleetJson.Default.Telemetry, MessageRules.Check);

    /// <summary>Reads a batch of events.</summary>
    public static Parsed<EventBatch> ReadEvents(ReadOnlySpan<byte> utf8) =>
        Read(utf8, MaxBytes(TopicKind.Events), FleetJson.Default.EventBatch, MessageRules.Check);

    /// <summary>Reads a result.</summary>
    public static Parsed<CommandResult> ReadResult(ReadOnlySpan<byte> utf8) =>
        Read(utf8, MaxBytes(TopicKind.Result), FleetJson.Default.CommandResult, MessageRules.Check);

    /// <summary>Reads an ack.</summary>
    public static Parsed<EventAck> ReadAck(ReadOnlySpan<byte> utf8) =>
        Read(utf8, MaxBytes(TopicKind.Ack), FleetJson.Default.EventAck, MessageRules.Check);

    /// <summary>Reads the request of a node that has no identity yet.</summary>
    public static Parsed<EnrollRequest> ReadEnrollRequest(ReadOnlySpan<byte> utf8) =>
        Read(utf8, 64 << 10, FleetJson.Default.EnrollRequest, EnrollmentRules.Check);

    /// <summary>Reads the request of a node whose certificate ends soon.</summary>
    public static Parsed<RenewRequest> ReadRenewRequest(ReadOnlySpan<byte> utf8) =>
        Read(utf8, 64 << 10, FleetJson.Default.RenewRequest, EnrollmentRules.Check);

    /// <summary>Reads the hub's answer to both.</summary>
    public static Parsed<EnrollResponse> ReadEnrollResponse(ReadOnlySpan<byte> utf8) =>
        Read(utf8, 256 << 10, FleetJson.Default.EnrollResponse, EnrollmentRules.Check);

    /// <summary>Reads the payload of an envelope on topic <c>desired</c> whose signature was found good.</summary>
    internal static Parsed<DesiredState> ReadDesired(ReadOnlySpan<byte> utf8) =>
        Read(utf8, MaxBytes(TopicKind.Desired), FleetJson.Default.DesiredState, OrderRules.Check);

    /// <summary>Reads the payload of an envelope on topic <c>command</c> whose signature was found good.</summary>
    internal static Parsed<Command> ReadCommand(ReadOnlySpan<byte> utf8) =>
        Read(utf8, MaxBytes(TopicKind.Command), FleetJson.Default.Command, OrderRules.Check);

    /// <summary>Writes a presence.</summary>
    public static byte[] Write(Presence message) => JsonSerializer.SerializeToUtf8Bytes(message, FleetJson.Default.Presence);

    /// <summary>Writes a reported state.</summary>
    public static byte[] Write(ReportedState message) => JsonSerializer.SerializeToUtf8Bytes(message, FleetJson.Default.ReportedState);

    /// <summary>Writes telemetry.</summary>
    public static byte[] Write(Telemetry message) => JsonSerializer.SerializeToUtf8Bytes(message, FleetJson.Default.Telemetry);

    /// <summary>Writes a batch of events.</summary>
    public static byte[] Write(EventBatch message) => JsonSerializer.SerializeToUtf8Bytes(message, FleetJson.Default.EventBatch);

    /// <summary>Writes a result.</summary>
    public static byte[] Write(CommandResult message) => JsonSerializer.SerializeToUtf8Bytes(message, FleetJson.Default.CommandResult);

    /// <summary>Writes an ack.</summary>
    public static byte[] Write(EventAck message) => JsonSerializer.SerializeToUtf8Bytes(message, FleetJson.Default.EventAck);

    /// <summary>Refuses what claims a time ahead of the reader's clock.</summary>
    /// <param name="time">Time in the message.</param>
    /// <param name="unsynced">The sender does not trust its clock: any time goes.</param>
    /// <param name="now">The reader's clock.</param>
    public static ProtocolProblem? CheckTime(DateTimeOffset time, bool unsynced, DateTimeOffset now) =>
        !unsynced && time > now + FleetDefaults.ClockTolerance
            ? new ProtocolProblem(ProblemKind.Future, $"time: {time:O} is {time - now:c} ahead of this clock; {FleetDefaults.ClockTolerance:c} is the limit")
            : null;

    internal static Parsed<T> Read<T>(ReadOnlySpan<byte> utf8, int limit, JsonTypeInfo<T> type, Func<T, string?> check)
        where T : class
    {
        if (utf8.Length > limit)
        {
            return Parsed<T>.Bad(ProblemKind.Oversized, $"{utf8.Length} bytes; the limit is {limit}");
        }

        try
        {
            return JsonSerializer.Deserialize(utf8, type) is not { } value ? Parsed<T>.Bad(ProblemKind.Malformed, "null is no message")
                : check(value) is { } problem ? Parsed<T>.Bad(ProblemKind.OutOfRange, problem)
                : Parsed<T>.Good(value);
        }
        catch (JsonException e)
        {
            return Parsed<T>.Bad(ProblemKind.Malformed, Shorten(e.Message));
        }
        catch (InvalidOperationException e)
        {
            // A string that is no valid UTF-8 or has half a surrogate pair.
            return Parsed<T>.Bad(ProblemKind.Malformed, Shorten(e.Message));
        }
    }

    private static string Shorten(string text) => text.Length <= 256 ? text : text[..256];
}
