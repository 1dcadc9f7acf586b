using System.Text.Json;
using Talos.Fleet.Api;
using Talos.Fleet.Hub.Store;
using Talos.Fleet.Protocol;
using Talos.Fleet.Rollouts;

namespace Talos.Fleet.Hub.Orders;

/// <summary>A rollout as it is stored.</summary>
internal sealed record StoredRollout(long Version, RolloutState State, DateTimeOffset Created, string CreatedBy, DateTimeOffset Updated);

/// <summary>Rollouts in the database.</summary>
internal sealed class RolloutStore(OrderStore orders, SqlDialect dialect, HubOptions options)
{
    private const string Columns = "id, version, plan, head, created, created_by, updated";

    public static void Insert(SqlSession s, RolloutState state, string who, DateTimeOffset now)
    {
        s.Execute(
            "INSERT INTO rollouts (id, version, plan, head, created, created_by, updated) VALUES (@id, 1, @p, @h, @now, @w, @now)",
            ("@id", state.Id), ("@p", JsonSerializer.Serialize(state.Plan, HubJson.Default.RolloutPlan)), ("@h", Head(state)), ("@now", now), ("@w", who));
        foreach (NodeProgress node in state.Nodes.Values)
        {
            Upsert(s, state.Id, node);
        }
    }

    /// <summary>The rollout, locked; from <paramref name="known"/> when that is still what is stored.</summary>
    public StoredRollout? Load(SqlSession s, string id, StoredRollout? known, bool locked)
    {
        List<(long Version, string Plan, string Head, DateTimeOffset Created, string Who, DateTimeOffset Updated)> rows = s.Query(
            $"SELECT {Columns} FROM rollouts WHERE id=@id{(locked ? dialect.ForUpdate : "")}",
            r => (r.Number(1), r.Text(2), r.Text(3), r.Time(4), r.Text(5), r.Time(6)), ("@id", id));
        if (rows is not [var row])
        {
            return null;
        }

        if (known?.Version == row.Version)
        {
            return known;
        }

        RolloutState state = RolloutState.Restore(id, NodeStore.Json(row.Plan, HubJson.Default.RolloutPlan)!, NodeStore.Json(row.Head, HubJson.Default.RolloutHead)!, Nodes(s, id));
        return new StoredRollout(row.Version, state, row.Created, row.Who, row.Updated);
    }

    public static List<string> Ids(SqlSession s, int limit) => s.Query("SELECT id FROM rollouts ORDER BY created DESC LIMIT @l", r => r.Text(0), ("@l", limit));

    /// <summary>Rollouts to look at: those that are not over, and those that changed since then, since nodes that had begun still come to an end.</summary>
    public static List<string> Watched(SqlSession s, DateTimeOffset since) => s.Query(
        "SELECT id FROM rollouts WHERE finished=0 OR updated >= @t ORDER BY created", r => r.Text(0), ("@t", since));

    /// <summary>What nodes say of orders of this rollout that the rollout may not know yet.</summary>
    public static List<RolloutEvent.Reported> Reports(SqlSession s, RolloutState state) => s.Query(
        """
        SELECT rn.node, rn.attempt, n.reported_status, n.reported_reason, rn.status, rn.reason FROM rollout_nodes rn JOIN nodes n ON n.id = rn.node
        WHERE rn.rollout=@r AND rn.status IN (0, 1, 2, 5, 6, 8) AND rn.attempt > 0 AND rn.revision > 0
          AND (n.reported_rev = rn.revision OR (n.reported_rev > rn.revision AND n.reported_status=4 AND n.version=@v))
        ORDER BY rn.node
        """,
        r => new RolloutEvent.Reported(r.Text(0), r.Int(1), Signal((DesiredStatus)r.Int(2)), r.TextOrNull(3)), ("@r", state.Id), ("@v", state.Plan.Version));

    /// <summary>Nodes that could join: enrolled, known by what they reported, with no part in this rollout or a later one, and none unfinished in another.</summary>
    public static List<Candidate> Newcomers(SqlSession s, StoredRollout rollout) =>
    [
        .. s.Query(
            """
            SELECT n.id, n.board, n.version, n.node_labels, n.hub_labels FROM nodes n WHERE n.revoked=0 AND n.state_time IS NOT NULL AND NOT EXISTS (
              SELECT 1 FROM rollout_nodes rn JOIN rollouts r ON r.id = rn.rollout
              WHERE rn.node = n.id AND (r.id=@r OR r.created > @c OR (r.created=@c AND r.id > @r) OR (r.finished=0 AND rn.status IN (0, 1, 2))))
            ORDER BY n.id
            """,
            NodeStore.Candidate, ("@r", rollout.State.Id), ("@c", rollout.Created))
            .Where(c => RolloutOrder.Late(rollout.State.Plan, c) is not null)
    ];

    /// <summary>Writes a step, with its orders, in the transaction that read the state.</summary>
    public StoredRollout Save(SqlSession s, StoredRollout before, RolloutState state, IReadOnlyCollection<NodeProgress> changed, IEnumerable<RolloutEffect> effects, DateTimeOffset now)
    {
        int rows = s.Execute(
            "UPDATE rollouts SET version=@next, head=@h, finished=@f, updated=@now WHERE id=@id AND version=@v",
            ("@next", before.Version + 1), ("@h", Head(state)), ("@f", state.Head.IsOver && state.Active.IsEmpty), ("@now", now), ("@id", state.Id), ("@v", before.Version));
        if (rows != 1)
        {
            throw new InvalidOperationException($"rollout {state.Id}: was changed beside a lock");
        }

        foreach (NodeProgress node in changed)
        {
            Upsert(s, state.Id, node);
        }

        foreach (RolloutEffect effect in effects)
        {
            Apply(s, state, effect, now);
        }

        return before with { Version = before.Version + 1, State = state, Updated = now };
    }

    public static List<string> HeldBoards(SqlSession s, string bundle) => s.Query("SELECT board FROM held_back WHERE bundle=@b", r => r.Text(0), ("@b", bundle));

    public static List<HeldBackRecord> HeldBack(SqlSession s) => s.Query(
        "SELECT bundle, board, version, reason, since, rollout FROM held_back ORDER BY since DESC",
        r => new HeldBackRecord { BundleId = r.Text(0), Board = r.Text(1), Version = r.Text(2), Reason = r.Text(3), Since = r.Time(4), Rollout = r.Text(5) });

    public static RolloutView View(StoredRollout r) => new()
    {
        Id = r.State.Id,
        Plan = r.State.Plan,
        Head = r.State.Head,
        Waves = [.. r.State.Waves.Zip(RolloutOrder.Names(r.State.Plan), (w, name) => new WaveView
        {
            Name = name, Size = w.Size, Waiting = w.Open - w.Active, Active = w.Active, Succeeded = w.Succeeded, Failed = w.Failed, Missed = w.Missed,
        })],
        Nodes = r.State.Nodes.Count,
        Touched = r.State.Touched,
        Created = r.Created,
        CreatedBy = r.CreatedBy,
        Updated = r.Updated,
    };

    private static List<NodeProgress> Nodes(SqlSession s, string id) => s.Query(
        "SELECT node, board, wave, status, attempt, since, not_before, reason FROM rollout_nodes WHERE rollout=@r",
        r => new NodeProgress(r.Text(0), r.Text(1), r.Int(2), (NodeStatus)r.Int(3), r.Int(4), r.Time(5), r.TimeOrNull(6), r.TextOrNull(7)), ("@r", id));

    private void Apply(SqlSession s, RolloutState state, RolloutEffect effect, DateTimeOffset now)
    {
        RolloutPlan plan = state.Plan;
        switch (effect)
        {
            case RolloutEffect.Assign assign:
                UpdateTarget target = new() { Version = plan.Version, Url = plan.Url ?? options.BundleUrl(plan.BundleId), BundleId = plan.BundleId, Rollout = state.Id, Force = assign.Force };
                IReadOnlyList<MaintenanceWindow> windows = Rollouts.Windows.Coming(plan.Windows, now, 28, 32);
                long revision = orders.Desire(s, assign.Node, now, d => d with { Update = target, Windows = windows }) ?? 0;
                s.Execute("UPDATE rollout_nodes SET revision=@rev WHERE rollout=@r AND node=@n", ("@rev", revision), ("@r", state.Id), ("@n", assign.Node));
                break;
            case RolloutEffect.Withdraw withdraw:
                orders.Desire(s, withdraw.Node, now, d => d.Update?.Rollout == state.Id ? d with { Update = null, Windows = [] } : d);
                break;
            case RolloutEffect.HoldBack hold:
                s.Execute(
                    "INSERT INTO held_back (bundle, board, version, reason, since, rollout) VALUES (@b, @o, @v, @w, @now, @r) ON CONFLICT DO NOTHING",
                    ("@b", plan.BundleId), ("@o", hold.Board), ("@v", plan.Version), ("@w", hold.Reason), ("@now", now), ("@r", state.Id));
                break;
            default:
                break;
        }
    }

    private static void Upsert(SqlSession s, string rollout, NodeProgress n) => s.Execute(
        """
        INSERT INTO rollout_nodes (rollout, node, board, wave, status, attempt, since, not_before, reason)
        VALUES (@r, @n, @b, @w, @s, @a, @t, CAST(@nb AS BIGINT), @why)
        ON CONFLICT (rollout, node) DO UPDATE SET status=excluded.status, attempt=excluded.attempt, since=excluded.since, not_before=excluded.not_before, reason=excluded.reason
        """,
        ("@r", rollout), ("@n", n.Node), ("@b", n.Board), ("@w", n.Wave), ("@s", n.Status), ("@a", n.Attempt), ("@t", n.Since), ("@nb", n.NotBefore), ("@why", n.Reason));

    private static string Head(RolloutState state) => JsonSerializer.Serialize(state.Head, HubJson.Default.RolloutHead);

    private static NodeSignal Signal(DesiredStatus status) => status switch
    {
        DesiredStatus.Waiting or DesiredStatus.Vetoed or DesiredStatus.Expired => NodeSignal.Holds,
        DesiredStatus.Installing or DesiredStatus.Trial => NodeSignal.Began,
        DesiredStatus.Done => NodeSignal.Done,
        DesiredStatus.Failed => NodeSignal.Failed,
    };
}
