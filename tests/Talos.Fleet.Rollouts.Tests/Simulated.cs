using System.Text.Json;
using Talos.Fleet.Api;

namespace Talos.Fleet.Rollouts.Tests;

/// <summary>A fleet that does what it is ordered to, with a hub that may forget everything but its rows at any step.</summary>
internal sealed class Simulated
{
    public static readonly DateTimeOffset Start = new(2026, 11, 2, 12, 0, 0, TimeSpan.Zero);
    private readonly Func<string, bool> _fails;
    private readonly Func<string, bool> _silent;
    private readonly Dictionary<string, int> _orders = new(StringComparer.Ordinal);

    public Simulated(RolloutPlan plan, IEnumerable<Candidate> nodes, Func<string, bool>? fails = null, Func<string, bool>? silent = null, params string[] held)
    {
        _fails = fails ?? (_ => false);
        _silent = silent ?? (_ => false);
        Assert.Null(PlanRules.Check(plan));
        State = RolloutState.Create("r1", plan, nodes, held, Start);
    }

    public RolloutState State { get; private set; }

    public DateTimeOffset Now { get; set; } = Start;

    public List<string> Log { get; } = [];

    public List<RolloutEffect> Effects { get; } = [];

    public int MostActive { get; private set; }

    /// <summary>When set, the hub dies after each step for which it says so.</summary>
    public Func<bool> Dies { get; init; } = () => false;

    /// <summary>Nodes that enrol at a minute of the run.</summary>
    public Func<int, IReadOnlyList<Candidate>> Joins { get; init; } = _ => [];

    public static RolloutPlan Plan => new() { Name = "test", Version = "2.0.0", BundleId = new string('a', 64), Canary = 0, NodeTimeoutSeconds = 600, HoldBackAfter = 0 };

    public static List<Candidate> Nodes(int count, string board = "b", string version = "1.0.0") =>
        [.. Enumerable.Range(0, count).Select(i => new Candidate($"{board}-{i:d4}", board, version, new Dictionary<string, string> { ["site"] = i % 2 == 0 ? "lab" : "field" }))];

    public void Step(RolloutEvent e)
    {
        RolloutStep step = RolloutEngine.Step(State, e, Now);
        State = step.State;
        foreach (RolloutEffect effect in step.Effects)
        {
            Effects.Add(effect);
            switch (effect)
            {
                case RolloutEffect.Assign a:
                    Log.Add($"{a.Node}#{a.Attempt}");
                    Assert.False(_orders.ContainsKey(a.Node), $"{a.Node} has an order already");
                    _orders.Add(a.Node, a.Attempt);
                    break;
                case RolloutEffect.Withdraw w:
                    Assert.True(_orders.Remove(w.Node), $"{w.Node} has no order");
                    break;
                default:
                    break;
            }
        }

        MostActive = Math.Max(MostActive, State.Active.Count);
        if (Dies())
        {
            RolloutPlan plan = Again(State.Plan, HubJson.Default.RolloutPlan);
            RolloutHead head = Again(State.Head, HubJson.Default.RolloutHead);
            State = RolloutState.Restore(State.Id, plan, head, State.Nodes.Values.Select(n => Again(n, HubJson.Default.NodeProgress)).Reverse());
        }
    }

    /// <summary>Lets time and nodes go on until nothing changes any more.</summary>
    public void Run(int minutes = 5000)
    {
        Step(new RolloutEvent.Tick());
        for (int i = 0; i < minutes && State.Head.Phase is RolloutPhase.Running; i++)
        {
            Now += TimeSpan.FromMinutes(1);
            if (Joins(i) is { Count: > 0 } joins)
            {
                Step(new RolloutEvent.Joined(joins));
                Step(new RolloutEvent.Joined(joins));
            }

            foreach ((string node, int attempt) in _orders.OrderBy(o => o.Key, StringComparer.Ordinal).ToList())
            {
                if (_orders.ContainsKey(node) && !_silent(node))
                {
                    Step(new RolloutEvent.Reported(node, attempt, NodeSignal.Began));
                    Step(new RolloutEvent.Reported(node, attempt, _fails(node) ? NodeSignal.Failed : NodeSignal.Done));
                    Step(new RolloutEvent.Reported(node, attempt, _fails(node) ? NodeSignal.Failed : NodeSignal.Done));
                    _orders.Remove(node);
                }
            }

            Step(new RolloutEvent.Tick());
        }
    }

    public int Count(NodeStatus status) => State.Nodes.Values.Count(n => n.Status == status);

    private static T Again<T>(T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(JsonSerializer.Serialize(value, type), type)!;
}
