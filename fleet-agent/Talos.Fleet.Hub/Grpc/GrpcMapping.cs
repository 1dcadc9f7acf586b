using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Talos.Fleet.Api;
using Talos.Fleet.Protocol;
using Talos.Fleet.Rollouts;

namespace Talos.Fleet.Hub.Grpc;

/// <summary>Between the records of the hub and the messages of gRPC. The enums have the same order, after "unspecified"; a test holds them to it.</summary>
internal static class GrpcMapping
{
    public static V1.Node ToProto(this NodeSummary n)
    {
        V1.Node node = new()
        {
            Id = n.Id,
            Presence = (V1.Presence)Number(n.Presence),
            LastSeen = Stamp(n.LastSeen),
            Hostname = n.Hostname ?? "",
            Board = n.Board,
            Version = n.Version,
            Slot = n.Slot ?? "",
            Ready = n.Ready,
            DesiredVersion = n.DesiredVersion ?? "",
            DesiredStatus = (V1.DesiredStatus)Number(n.DesiredStatus),
            Rollout = n.Rollout ?? "",
            Labels = { n.Labels.ToDictionary() },
            Revoked = n.Revoked,
            ClonedSince = Stamp(n.ClonedSince),
        };
        if (n.WearPercent is { } wear)
        {
            node.WearPercent = wear;
        }

        if (n.WearDaysLeft is { } days)
        {
            node.WearDaysLeft = days;
        }

        return node;
    }

    public static V1.NodeDetail ToProto(this NodeDetail d) => new()
    {
        Node = d.Summary.ToProto(),
        Enrolled = Timestamp.FromDateTimeOffset(d.Enrolled),
        LostEvents = d.LostEvents,
        StateJson = d.State is { } state ? JsonSerializer.Serialize(state, FleetJson.Default.ReportedState) : "",
        TelemetryJson = d.Telemetry is { } telemetry ? JsonSerializer.Serialize(telemetry, FleetJson.Default.Telemetry) : "",
        DesiredJson = d.Desired is { } desired ? JsonSerializer.Serialize(desired, FleetJson.Default.DesiredState) : "",
    };

    public static V1.Command ToProto(this CommandRecord c) => new()
    {
        Id = c.Id,
        Node = c.Node,
        Kind = (V1.CommandKind)Number<CommandKind>(c.Kind),
        Revision = c.Revision,
        Issued = Timestamp.FromDateTimeOffset(c.Issued),
        NotAfter = Timestamp.FromDateTimeOffset(c.NotAfter),
        IssuedBy = c.IssuedBy,
        State = (V1.CommandState)Number(c.State),
        Message = c.Message ?? "",
        Updated = Stamp(c.Updated),
    };

    public static V1.Token ToProto(this TokenRecord t) => new()
    {
        Id = t.Id,
        Secret = t.Token ?? "",
        Uses = t.Uses,
        Used = t.Used,
        Expires = Timestamp.FromDateTimeOffset(t.Expires),
        CreatedBy = t.CreatedBy,
        Node = t.Node ?? "",
        Labels = { t.Labels.ToDictionary() },
    };

    public static V1.Rollout ToProto(this RolloutView r) => new()
    {
        Id = r.Id,
        Plan = PlanMapping.ToProto(r.Plan),
        Phase = (V1.RolloutPhase)Number<RolloutPhase>(r.Head.Phase),
        Wave = r.Head.Wave,
        Reason = r.Head.Reason ?? "",
        HeldBoards = { r.Head.HeldBoards },
        Waves =
        {
            r.Waves.Select(w => new V1.WaveStatus { Name = w.Name, Size = w.Size, Waiting = w.Waiting, Active = w.Active, Succeeded = w.Succeeded, Failed = w.Failed, Missed = w.Missed }),
        },
        Nodes = r.Nodes,
        Touched = r.Touched,
        Created = Timestamp.FromDateTimeOffset(r.Created),
        CreatedBy = r.CreatedBy,
        Updated = Timestamp.FromDateTimeOffset(r.Updated),
    };

    public static V1.NodeEvent ToProto(this EventRecord e) => new()
    {
        Id = e.Id,
        Node = e.Node,
        Stream = e.Stream,
        Seq = e.Event.Seq,
        Time = Timestamp.FromDateTimeOffset(e.Event.Time),
        Received = Timestamp.FromDateTimeOffset(e.Received),
        Kind = e.Event.Kind,
        Severity = JsonNamingPolicy.CamelCase.ConvertName(e.Event.Severity.ToString()),
        Message = e.Event.Message ?? "",
    };

    public static V1.NodeTelemetry ToProto(this TelemetryRecord t) => new()
    {
        Node = t.Node,
        Received = Timestamp.FromDateTimeOffset(t.Received),
        TelemetryJson = JsonSerializer.Serialize(t.Telemetry, FleetJson.Default.Telemetry),
    };

    /// <summary>The text; null for an empty one, which says nothing.</summary>
    public static string? OrNull(string text) => text.Length == 0 ? null : text;

    /// <summary>A value of one of the hub's enums; refuses what is not among them.</summary>
    /// <exception cref="RequestException">400.</exception>
    public static T Read<T>(string field, int number)
        where T : struct, System.Enum =>
        System.Enum.GetValues<T>() is var all && number > 0 && number <= all.Length ? all[number - 1] : throw RequestException.Bad($"{field}: {number} is none of {string.Join(", ", all)}");

    public static int Number<T>(T? value)
        where T : struct, System.Enum => value is { } known ? Convert.ToInt32(known, null) + 1 : 0;

    private static Timestamp? Stamp(DateTimeOffset? time) => time is { } t ? Timestamp.FromDateTimeOffset(t) : null;
}
