using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Talos.Fleet.Api;
using Talos.Fleet.Protocol;
using Talos.Fleet.Rollouts;

namespace Talos.Fleet.Hub.Store;

/// <summary>What a list of nodes is limited to; null members limit nothing.</summary>
internal sealed record NodeFilter(string? Board = null, string? Version = null, PresenceStatus? Presence = null, string? Label = null, string? Search = null);

/// <summary>Reads nodes and their history.</summary>
internal static class NodeStore
{
    private const string Columns =
        "id, presence, last_seen, hostname, board, version, slot, ready, update_phase, desired_version, desired_rev, reported_rev, reported_status, desired_rollout, wear, wear_days, node_labels, hub_labels, revoked, (SELECT since FROM boots WHERE boots.node = nodes.id)";

    public static List<NodeSummary> List(SqlSession s, NodeFilter f, string after, int limit) => s.Query(
        $"""
        SELECT {Columns} FROM nodes WHERE id > @after AND (@b = '' OR board = @b) AND (@v = '' OR version = @v)
          AND (@p < 0 OR presence = @p) AND (@l = '' OR node_labels LIKE @l OR hub_labels LIKE @l) AND (@q = '' OR id LIKE @q OR hostname LIKE @q)
        ORDER BY id LIMIT @n
        """,
        Summary,
        ("@after", after), ("@b", f.Board ?? ""), ("@v", f.Version ?? ""), ("@p", f.Presence is { } p ? (long)p : -1L),
        ("@l", f.Label is { } label ? $"%\n{Like(EscapedLabel(label))}\n%" : ""), ("@q", f.Search is { } q ? $"%{Like(q)}%" : ""), ("@n", limit));

    public static NodeSummary? Find(SqlSession s, string id) => s.Query($"SELECT {Columns} FROM nodes WHERE id=@id", Summary, ("@id", id)).SingleOrDefault();

    public static NodeDetail? Detail(SqlSession s, string id)
    {
        if (Find(s, id) is not { } summary)
        {
            return null;
        }

        NodeDetail detail = s.Query(
            "SELECT enrolled, presence_json, state_json, telemetry_json, desired_json, lost_events FROM nodes WHERE id=@id",
            r => new NodeDetail
            {
                Summary = summary,
                Enrolled = r.Time(0),
                Presence = Json(r.TextOrNull(1), FleetJson.Default.Presence),
                State = Json(r.TextOrNull(2), FleetJson.Default.ReportedState),
                Telemetry = Json(r.TextOrNull(3), FleetJson.Default.Telemetry),
                Desired = Json(r.TextOrNull(4), FleetJson.Default.DesiredState),
                LostEvents = r.Number(5),
            },
            ("@id", id)).Single();
        return detail with
        {
            Certificates = s.Query(
                "SELECT serial, not_after, revoked FROM certificates WHERE node=@id ORDER BY issued DESC LIMIT 20",
                r => new CertificateRecord { Serial = r.Text(0), NotAfter = r.Time(1), Revoked = r.TimeOrNull(2) }, ("@id", id)),
        };
    }

    public static List<Candidate> Candidates(SqlSession s) => s.Query(
        "SELECT id, board, version, node_labels, hub_labels FROM nodes WHERE revoked=0", Candidate);

    public static Candidate Candidate(Row r) => new(r.Text(0), r.Text(1), r.Text(2), Labels.Merge(r.Text(3), r.Text(4)));

    /// <summary>Events with a higher number than <paramref name="after"/>; without one, the last ones. Always the oldest first.</summary>
    public static List<EventRecord> Events(SqlSession s, string? node, long? after, int limit)
    {
        string who = node is null ? "" : "node=@node AND ";
        string sql = after is null
            ? $"SELECT id, node, stream, received, json FROM (SELECT id, node, stream, received, json FROM events WHERE {who}id > @after ORDER BY id DESC LIMIT @n) AS last ORDER BY id"
            : $"SELECT id, node, stream, received, json FROM events WHERE {who}id > @after ORDER BY id LIMIT @n";
        return s.Query(
            sql,
            r => new EventRecord { Id = r.Number(0), Node = r.Text(1), Stream = r.Text(2), Received = r.Time(3), Event = Json(r.Text(4), FleetJson.Default.NodeEvent)! },
            ("@node", node ?? ""), ("@after", after ?? 0L), ("@n", limit));
    }

    /// <summary>The last measurements since a moment, the oldest first.</summary>
    public static List<TelemetryRecord> Telemetry(SqlSession s, string node, DateTimeOffset from, int limit) => s.Query(
        "SELECT received, json FROM (SELECT id, received, json FROM telemetry WHERE node=@node AND received >= @from ORDER BY id DESC LIMIT @n) AS last ORDER BY id",
        r => new TelemetryRecord { Node = node, Received = r.Time(0), Telemetry = Json(r.Text(1), FleetJson.Default.Telemetry)! },
        ("@node", node), ("@from", from), ("@n", limit));

    public static FleetSummary Fleet(SqlSession s, DateTimeOffset now) => new()
    {
        Nodes = (int)s.Number("SELECT count(*) FROM nodes WHERE revoked=0")!,
        Presence = s.Query("SELECT presence, count(*) FROM nodes WHERE revoked=0 GROUP BY presence", r => (r.EnumOrNull<PresenceStatus>(0), r.Int(1)))
            .ToDictionary(p => PresenceWord(p.Item1), p => p.Item2),
        Versions = s.Query("SELECT version, count(*) FROM nodes WHERE revoked=0 GROUP BY version", r => (r.Text(0), r.Int(1))).ToDictionary(p => p.Item1, p => p.Item2),
        Boards = s.Query("SELECT board, count(*) FROM nodes WHERE revoked=0 GROUP BY board", r => (r.Text(0), r.Int(1))).ToDictionary(p => p.Item1, p => p.Item2),
        Worn = (int)s.Number("SELECT count(*) FROM nodes WHERE revoked=0 AND (wear >= 80 OR wear_warning=1)")!,
        NotReady = (int)s.Number("SELECT count(*) FROM nodes WHERE revoked=0 AND presence=0 AND ready=0")!,
        OpenRollouts = (int)s.Number("SELECT count(*) FROM rollouts WHERE finished=0")!,
        Time = now,
    };

    /// <summary>Reads a presence as people write it; null limits nothing.</summary>
    public static PresenceStatus? ReadPresence(string? word) => word switch
    {
        null or "" => null,
        "online" => PresenceStatus.Online,
        "offline" => PresenceStatus.Offline,
        "lost" => PresenceStatus.Lost,
        _ => throw RequestException.Bad($"presence: {word} is none of online, offline, lost"),
    };

    public static string PresenceWord(PresenceStatus? presence) => presence switch
    {
        PresenceStatus.Online => "online",
        PresenceStatus.Offline => "offline",
        PresenceStatus.Lost => "lost",
        _ => "unknown",
    };

    public static T? Json<T>(string? text, JsonTypeInfo<T> type)
        where T : class => text is null ? null : JsonSerializer.Deserialize(text, type);

    private static NodeSummary Summary(Row r) => new()
    {
        Id = r.Text(0),
        Presence = r.EnumOrNull<PresenceStatus>(1),
        LastSeen = r.TimeOrNull(2),
        Hostname = r.TextOrNull(3),
        Board = r.Text(4),
        Version = r.Text(5),
        Slot = r.TextOrNull(6),
        Ready = r.Flag(7),
        Update = r.EnumOrNull<UpdatePhase>(8),
        DesiredVersion = r.TextOrNull(9),
        DesiredStatus = r.Number(10) == r.NumberOrNull(11) ? r.EnumOrNull<DesiredStatus>(12) : null,
        Rollout = r.TextOrNull(13),
        WearPercent = (int?)r.NumberOrNull(14),
        WearDaysLeft = (int?)r.NumberOrNull(15),
        Labels = Labels.Merge(r.Text(16), r.Text(17)),
        Revoked = r.Flag(18),
        ClonedSince = r.TimeOrNull(19),
    };

    private static string EscapedLabel(string label) =>
        label.Split('=', 2) is [var key, var value] ? $"{Uri.EscapeDataString(key)}={Uri.EscapeDataString(value)}" : Uri.EscapeDataString(label);

    /// <summary>Wildcards of LIKE match any character: a search finds too much rather than to fail.</summary>
    private static string Like(string text) => text.Replace('%', '_');
}
