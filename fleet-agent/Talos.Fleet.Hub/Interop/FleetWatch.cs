using Talos.Fleet.Hub.Store;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Interop;

/// <summary>What other systems are told of a node.</summary>
internal sealed record NodeView
{
    public required string Id { get; init; }

    public PresenceStatus? Presence { get; init; }

    public ReportedState? State { get; init; }

    public Telemetry? Telemetry { get; init; }

    public string Board { get; init; } = "";

    public string Version { get; init; } = "";

    /// <summary>The version the node is ordered to.</summary>
    public string? DesiredVersion { get; init; }

    public string? Rollout { get; init; }

    public bool IsOnline => Presence is PresenceStatus.Online;
}

/// <summary>Asks the database which nodes there are and which of them said something, whichever hub they said it to.</summary>
internal sealed class FleetWatch(FleetStore store, TimeProvider time)
{
    /// <summary>Clocks of hubs that share a database differ, and a transaction is there later than the time in it.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(15);
    private DateTimeOffset _since = DateTimeOffset.UnixEpoch;

    /// <summary>All enrolled nodes, and those that may have changed since the last call; the first one gives all of them.</summary>
    public async Task<(HashSet<string> All, List<NodeView> Changed)> LookAsync(CancellationToken ct)
    {
        // Not later than now: a clock that was set back would hide what was said since.
        DateTimeOffset next = time.GetUtcNow() - Overlap;
        (DateTimeOffset since, _since) = (_since < next ? _since : next, next);
        return await store.ReadAsync(s => (s.Query("SELECT id FROM nodes WHERE revoked=0", r => r.Text(0)).ToHashSet(StringComparer.Ordinal), Changed(s, since)), ct);
    }

    private static List<NodeView> Changed(SqlSession s, DateTimeOffset since) => s.Query(
        """
        SELECT id, presence, board, version, desired_version, desired_rollout, state_json, telemetry_json FROM nodes
        WHERE revoked=0 AND (last_seen >= @since OR (last_seen IS NULL AND enrolled >= @since)) ORDER BY id
        """,
        r => new NodeView
        {
            Id = r.Text(0),
            Presence = r.EnumOrNull<PresenceStatus>(1),
            Board = r.Text(2),
            Version = r.Text(3),
            DesiredVersion = r.TextOrNull(4),
            Rollout = r.TextOrNull(5),
            State = NodeStore.Json(r.TextOrNull(6), FleetJson.Default.ReportedState),
            Telemetry = NodeStore.Json(r.TextOrNull(7), FleetJson.Default.Telemetry),
        },
        ("@since", since));
}
