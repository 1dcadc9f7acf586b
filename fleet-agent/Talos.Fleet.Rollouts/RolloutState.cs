using System.Collections.Immutable;

namespace Talos.Fleet.Rollouts;

/// <summary>Counts of a wave.</summary>
/// <param name="Size">Nodes that count: neither held back nor current.</param>
/// <param name="Open">Waiting, or with an unfinished order.</param>
/// <param name="Active">With an unfinished order.</param>
/// <param name="Succeeded">Run the version.</param>
/// <param name="Failed">Failed for good.</param>
/// <param name="Missed">Did not begin in time.</param>
public readonly record struct WaveCount(int Size, int Open, int Active, int Succeeded, int Failed, int Missed);

/// <summary>A rollout at one moment; does not change.</summary>
public sealed class RolloutState
{
    private readonly ImmutableDictionary<string, (int Finished, int Failed)> _boards;

    private RolloutState(
        string id, RolloutPlan plan, RolloutHead head, ImmutableDictionary<string, NodeProgress> nodes, ImmutableSortedSet<NodeKey> ready,
        ImmutableSortedSet<NodeKey> delayed, ImmutableSortedSet<string> active, ImmutableArray<WaveCount> waves,
        ImmutableDictionary<string, (int, int)> boards, int touched)
    {
        (Id, Plan, Head, Nodes, Ready, Delayed, Active, Waves, _boards, Touched) = (id, plan, head, nodes, ready, delayed, active, waves, boards, touched);
    }

    /// <summary>Names the rollout.</summary>
    public string Id { get; }

    /// <summary>What was asked for.</summary>
    public RolloutPlan Plan { get; }

    /// <summary>How it stands.</summary>
    public RolloutHead Head { get; }

    /// <summary>Every node that takes part, by id.</summary>
    public ImmutableDictionary<string, NodeProgress> Nodes { get; }

    /// <summary>Counts, by index of the wave.</summary>
    public ImmutableArray<WaveCount> Waves { get; }

    /// <summary>Nodes that ever got an order.</summary>
    public int Touched { get; }

    /// <summary>Nodes that failed for good.</summary>
    public int Failed => Waves.Sum(w => w.Failed);

    /// <summary>Nodes with an unfinished order.</summary>
    public ImmutableSortedSet<string> Active { get; }

    internal ImmutableSortedSet<NodeKey> Ready { get; }

    internal ImmutableSortedSet<NodeKey> Delayed { get; }

    /// <summary>Makes a rollout that has not begun.</summary>
    /// <param name="id">Names it; 1 to 64 characters of <c>a-z 0-9 -</c>.</param>
    /// <param name="plan">A good plan: see <see cref="PlanRules.Check"/>.</param>
    /// <param name="candidates">All nodes; the plan selects.</param>
    /// <param name="heldBoards">Boards this bundle is held back for.</param>
    /// <param name="now">The time.</param>
    public static RolloutState Create(string id, RolloutPlan plan, IEnumerable<Candidate> candidates, IReadOnlyCollection<string> heldBoards, DateTimeOffset now) =>
        Restore(
            id, plan,
            new RolloutHead
            {
                Phase = plan.Approval is ApprovalRule.None ? RolloutPhase.Running : RolloutPhase.AwaitingApproval,
                Reason = plan.Approval is ApprovalRule.None ? null : "waits for approval before the first node",
                HeldBoards = [.. heldBoards.Order(StringComparer.Ordinal)],
            },
            RolloutOrder.Assign(id, plan, candidates).Select(a => Begin(plan, a.Node, a.Wave, heldBoards, now)));

    /// <summary>Makes a rollout from what was stored; the order of the rows does not matter.</summary>
    public static RolloutState Restore(string id, RolloutPlan plan, RolloutHead head, IEnumerable<NodeProgress> nodes)
    {
        RolloutState state = new(
            id, plan, head, ImmutableDictionary.Create<string, NodeProgress>(StringComparer.Ordinal), [], [],
            ImmutableSortedSet.Create<string>(StringComparer.Ordinal), [.. new WaveCount[RolloutOrder.Names(plan).Count]],
            ImmutableDictionary.Create<string, (int, int)>(StringComparer.Ordinal), 0);
        return nodes.Aggregate(state, (s, n) => s.With(n));
    }

    /// <summary>How a node stands that comes into a rollout.</summary>
    internal static NodeProgress Begin(RolloutPlan plan, Candidate node, int wave, IEnumerable<string> heldBoards, DateTimeOffset now) => new(
        node.Node, node.Board, wave,
        plan.Force ? NodeStatus.Waiting : node.Version == plan.Version ? NodeStatus.Current : heldBoards.Contains(node.Board) ? NodeStatus.HeldBack : NodeStatus.Waiting,
        0, now);

    internal (int Finished, int Failed) Board(string board) => _boards.GetValueOrDefault(board);

    internal RolloutState With(RolloutHead head) => new(Id, Plan, head, Nodes, Ready, Delayed, Active, Waves, _boards, Touched);

    /// <summary>The state with a node's progress replaced; all counts follow.</summary>
    internal RolloutState With(NodeProgress next)
    {
        NodeProgress? old = Nodes.GetValueOrDefault(next.Node);
        NodeKey key = new(next.Wave, RolloutOrder.Of(Id, next.Node), next.Node, next.NotBefore);
        ImmutableSortedSet<NodeKey> ready = Ready, delayed = Delayed;
        ImmutableSortedSet<string> active = Active;
        ImmutableArray<WaveCount> waves = Waves;
        ImmutableDictionary<string, (int Finished, int Failed)> boards = _boards;
        if (old is not null)
        {
            NodeKey was = key with { NotBefore = old.NotBefore };
            (ready, delayed) = (ready.Remove(was), delayed.Remove(was));
            (waves, boards) = Count(waves, boards, old, -1);
        }

        (waves, boards) = Count(waves, boards, next, 1);
        if (next.Status is NodeStatus.Waiting)
        {
            (ready, delayed) = next.NotBefore is null ? (ready.Add(key), delayed) : (ready, delayed.Add(key));
        }

        active = IsActive(next.Status) ? active.Add(next.Node) : active.Remove(next.Node);
        int touched = Touched + (next.Attempt > 0 ? 1 : 0) - (old?.Attempt > 0 ? 1 : 0);
        return new RolloutState(Id, Plan, Head, Nodes.SetItem(next.Node, next), ready, delayed, active, waves, boards, touched);
    }

    internal static bool IsActive(NodeStatus status) => status is NodeStatus.Assigned or NodeStatus.Installing;

    private static (ImmutableArray<WaveCount>, ImmutableDictionary<string, (int, int)>) Count(
        ImmutableArray<WaveCount> waves, ImmutableDictionary<string, (int Finished, int Failed)> boards, NodeProgress node, int by)
    {
        WaveCount w = waves[node.Wave];
        waves = waves.SetItem(node.Wave, new WaveCount(
            w.Size + (node.Status is NodeStatus.HeldBack or NodeStatus.Current ? 0 : by),
            w.Open + (IsActive(node.Status) || node.Status is NodeStatus.Waiting ? by : 0),
            w.Active + (IsActive(node.Status) ? by : 0),
            w.Succeeded + (node.Status is NodeStatus.Succeeded ? by : 0),
            w.Failed + (node.Status is NodeStatus.Failed ? by : 0),
            w.Missed + (node.Status is NodeStatus.Missed ? by : 0)));
        if (node.Status is NodeStatus.Succeeded or NodeStatus.Failed)
        {
            (int finished, int failed) = boards.GetValueOrDefault(node.Board);
            boards = boards.SetItem(node.Board, (finished + by, failed + (node.Status is NodeStatus.Failed ? by : 0)));
        }

        return (waves, boards);
    }
}

/// <summary>Sorts nodes: delayed ones by time, then by wave, order and id.</summary>
internal readonly record struct NodeKey(int Wave, ulong Order, string Node, DateTimeOffset? NotBefore) : IComparable<NodeKey>
{
    public int CompareTo(NodeKey other)
    {
        int byTime = Nullable.Compare(NotBefore, other.NotBefore);
        int byWave = byTime != 0 ? byTime : Wave.CompareTo(other.Wave);
        int byOrder = byWave != 0 ? byWave : Order.CompareTo(other.Order);
        return byOrder != 0 ? byOrder : string.CompareOrdinal(Node, other.Node);
    }

    public static bool operator <(NodeKey left, NodeKey right) => left.CompareTo(right) < 0;

    public static bool operator >(NodeKey left, NodeKey right) => left.CompareTo(right) > 0;

    public static bool operator <=(NodeKey left, NodeKey right) => left.CompareTo(right) <= 0;

    public static bool operator >=(NodeKey left, NodeKey right) => left.CompareTo(right) >= 0;
}
