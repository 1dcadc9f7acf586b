using System.Collections.Concurrent;
using Talos.Fleet.Api;
using Talos.Fleet.Hub.Live;
using Talos.Fleet.Hub.Rest;
using Talos.Fleet.Hub.Store;
using Talos.Fleet.Rollouts;

namespace Talos.Fleet.Hub.Orders;

/// <summary>Keeps rollouts going: reads what nodes say from the database, steps the engine, writes state and orders in one transaction.</summary>
/// <remarks>Nothing but the database counts: what is kept here is thrown away when its version is another one.</remarks>
internal sealed partial class RolloutService(
    FleetStore store, RolloutStore rollouts, OutboxSender outbox, LiveFeed live, Webhooks hooks, Leader leader, TimeProvider time, ILogger<RolloutService> log) : BackgroundService
{
    private readonly ConcurrentDictionary<string, StoredRollout> _known = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _wake = new(0, 1);

    /// <summary>How long after its last change a rollout that is over is looked at, for nodes that had begun.</summary>
    private static readonly TimeSpan LateResults = TimeSpan.FromDays(1);

    private static readonly TimeSpan JoinInterval = TimeSpan.FromSeconds(5);

    /// <summary>Looks at rollouts soon: a node said something new.</summary>
    public void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Awake already.
        }
    }

    public async Task<RolloutView> CreateAsync(RolloutPlan plan, Caller caller, CancellationToken ct)
    {
        if (PlanRules.Check(plan) is { } problem)
        {
            throw RequestException.Bad(problem);
        }

        DateTimeOffset now = Rounded();
        string id = $"r-{now:yyyyMMdd-HHmmss}-{Guid.NewGuid().ToString("n")[..6]}";
        StoredRollout made = await store.WriteAsync(
            s =>
            {
                if (plan.Url is null && s.Number("SELECT 1 FROM bundles WHERE id=@id", ("@id", plan.BundleId)) is null)
                {
                    throw RequestException.Bad($"bundleId: {plan.BundleId} is not at this hub: upload it, or give its url");
                }

                store.Dialect.TakeTurn(s);
                RolloutState state = RolloutState.Create(id, plan, NodeStore.Candidates(s), RolloutStore.HeldBoards(s, plan.BundleId), now);
                if (state.Nodes.IsEmpty)
                {
                    throw RequestException.Bad("selector: no node fits");
                }

                if (s.Query("SELECT rn.node, rn.rollout FROM rollout_nodes rn JOIN rollouts r ON r.id = rn.rollout WHERE r.finished=0 AND rn.status IN (0, 1, 2)", r => (Node: r.Text(0), Rollout: r.Text(1)))
                    .FirstOrDefault(o => state.Nodes.ContainsKey(o.Node)) is { Node: not null } other)
                {
                    throw new RequestException(StatusCodes.Status409Conflict, $"node {other.Node}: takes part in rollout {other.Rollout}, which is not over: wait, abort it, or select other nodes");
                }

                RolloutStore.Insert(s, state, caller.Name, now);
                AuditStore.Add(s, now, caller.Name, caller.RoleWord, "rollout.create", id, $"{plan.Name}: {plan.Version} to {state.Nodes.Count} nodes");
                return new StoredRollout(1, state, now, caller.Name, now);
            },
            ct);
        LogCreated(id, plan.Version, made.State.Nodes.Count, caller.Name);
        Wake();
        return RolloutStore.View(made);
    }

    /// <summary>A person acts on a rollout.</summary>
    public async Task<RolloutView> ActAsync(string id, RolloutEvent happened, string action, string who, string role, CancellationToken ct)
    {
        StoredRollout after = await StepAsync(
            id,
            (s, _) =>
            {
                AuditStore.Add(s, time.GetUtcNow(), who, role, action, id, "done");
                return [happened];
            },
            ct) ?? throw RequestException.NotFound($"rollout {id}");
        return RolloutStore.View(after);
    }

    public Task<RolloutView?> FindAsync(string id, CancellationToken ct) => store.ReadAsync(
        s => rollouts.Load(s, id, _known.GetValueOrDefault(id), locked: false) is { } stored ? RolloutStore.View(stored) : null, ct);

    public Task<List<RolloutView>> ListAsync(int limit, CancellationToken ct) => store.ReadAsync(
        s => RolloutStore.Ids(s, limit).Select(id => RolloutStore.View(rollouts.Load(s, id, _known.GetValueOrDefault(id), locked: false)!)).ToList(), ct);

    public Task<List<NodeProgress>?> NodesAsync(string id, CancellationToken ct) => store.ReadAsync(
        s => rollouts.Load(s, id, _known.GetValueOrDefault(id), locked: false) is { } stored
            ? stored.State.Nodes.Values.OrderBy(n => n.Wave).ThenBy(n => RolloutOrder.Of(id, n.Node)).ToList()
            : null,
        ct);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        long? joined = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (leader.IsLeader)
                {
                    List<string> watched = await store.ReadAsync(s => RolloutStore.Watched(s, time.GetUtcNow() - LateResults), stoppingToken);
                    foreach (string id in _known.Keys.Except(watched))
                    {
                        _known.TryRemove(id, out _);
                    }

                    foreach (string id in watched)
                    {
                        await StepAsync(id, (s, rollout) => [.. RolloutStore.Reports(s, rollout.State), new RolloutEvent.Tick()], stoppingToken);
                    }

                    if (joined is not { } last || time.GetElapsedTime(last) >= JoinInterval)
                    {
                        joined = time.GetTimestamp();
                        await JoinAsync(watched, stoppingToken);
                    }
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogFailed(e);
                _known.Clear();
            }

            await _wake.WaitAsync(TimeSpan.FromSeconds(1), stoppingToken);
        }
    }

    /// <summary>Takes nodes in that came to fit; the newest rollout first, since it is what is wanted last.</summary>
    private async Task JoinAsync(IEnumerable<string> ids, CancellationToken ct)
    {
        foreach (string id in ids.Reverse())
        {
            // Looked at outside the lock first: most of the time there is nobody.
            if (_known.GetValueOrDefault(id) is { State.Head.IsOver: false } known && await store.ReadAsync(s => RolloutStore.Newcomers(s, known).Count > 0, ct))
            {
                await StepAsync(
                    id,
                    (s, rollout) =>
                    {
                        store.Dialect.TakeTurn(s);
                        return [new RolloutEvent.Joined(RolloutStore.Newcomers(s, rollout))];
                    },
                    ct);
            }
        }
    }

    private async Task<StoredRollout?> StepAsync(string id, Func<SqlSession, StoredRollout, IReadOnlyList<RolloutEvent>> events, CancellationToken ct)
    {
        List<RolloutEffect> effects = [];
        bool moved = false;
        int dropped = 0;
        StoredRollout? after = await store.WriteAsync(
            s =>
            {
                effects.Clear();
                if (rollouts.Load(s, id, _known.GetValueOrDefault(id), locked: true) is not { } before)
                {
                    return null;
                }

                DateTimeOffset now = Rounded();
                RolloutState state = before.State;
                Dictionary<string, NodeProgress> changed = new(StringComparer.Ordinal);
                foreach (RolloutEvent happened in events(s, before))
                {
                    RolloutStep step = RolloutEngine.Step(state, happened, now);
                    state = step.State;
                    effects.AddRange(step.Effects);
                    foreach (NodeProgress node in step.Changed)
                    {
                        changed[node.Node] = node;
                    }
                }

                moved = changed.Count > 0 || effects.Count > 0 || state.Head != before.State.Head;
                dropped = effects.Sum(e => e switch
                {
                    RolloutEffect.Notify n => hooks.Queue(s, "rollout", id, $"{n.Phase}: {n.Text}"),
                    RolloutEffect.HoldBack h => hooks.Queue(s, "held-back", h.Board, $"{state.Plan.Version}: {h.Reason}"),
                    _ => 0,
                });
                return moved ? rollouts.Save(s, before, state, changed.Values, effects, now) : before;
            },
            ct);
        if (after is not null)
        {
            _known[id] = after;
        }

        if (moved && after is not null)
        {
            Tell(after, effects);
            hooks.Wake(dropped);
        }

        return after;
    }

    private void Tell(StoredRollout after, List<RolloutEffect> effects)
    {
        outbox.Wake();
        live.Publish("rollout", RolloutStore.View(after), HubJson.Default.RolloutView, rollout: after.State.Id);
        foreach (RolloutEffect effect in effects)
        {
            switch (effect)
            {
                case RolloutEffect.Notify n:
                    LogPhase(after.State.Id, n.Phase, n.Text);
                    break;
                case RolloutEffect.HoldBack h:
                    LogHeld(after.State.Plan.Version, h.Board, h.Reason);
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>The time as it is after it was stored: a state that was kept and one that was read again are the same.</summary>
    private DateTimeOffset Rounded() => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    [LoggerMessage(LogLevel.Information, "Rollout {Id} of {Version} to {Nodes} nodes was made by {Who}")]
    private partial void LogCreated(string id, string version, int nodes, string who);

    [LoggerMessage(LogLevel.Information, "Rollout {Id} is {Phase}: {Text}")]
    private partial void LogPhase(string id, RolloutPhase phase, string text);

    [LoggerMessage(LogLevel.Warning, "Version {Version} is held back for board {Board}: {Reason}")]
    private partial void LogHeld(string version, string board, string reason);

    [LoggerMessage(LogLevel.Error, "Rollouts could not be looked at; it is tried again")]
    private partial void LogFailed(Exception e);
}
