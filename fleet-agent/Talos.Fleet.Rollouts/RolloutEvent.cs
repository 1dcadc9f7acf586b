namespace Talos.Fleet.Rollouts;

/// <summary>Something that happened to a rollout.</summary>
public abstract record RolloutEvent
{
    private RolloutEvent()
    {
    }

    /// <summary>Time went by: limits are looked at.</summary>
    public sealed record Tick : RolloutEvent;

    /// <summary>A person stops giving orders for a while.</summary>
    public sealed record Pause(string Who) : RolloutEvent;

    /// <summary>A person goes on, knowing what failed so far.</summary>
    public sealed record Resume(string Who) : RolloutEvent;

    /// <summary>A person ends it.</summary>
    public sealed record Abort(string Who) : RolloutEvent;

    /// <summary>A person says yes to what waits for it.</summary>
    public sealed record Approve(string Who) : RolloutEvent;

    /// <summary>Nodes came to fit the plan after the rollout was made; those it does not select, or has already, are ignored.</summary>
    /// <param name="Nodes">In any order: all of one event come in before the next order is given.</param>
    public sealed record Joined(IReadOnlyList<Candidate> Nodes) : RolloutEvent;

    /// <summary>A node tells what became of an order.</summary>
    /// <param name="Node">Its id.</param>
    /// <param name="Attempt">Which of its orders, from 1.</param>
    /// <param name="Signal">What became of it.</param>
    /// <param name="Reason">What the node says about it.</param>
    public sealed record Reported(string Node, int Attempt, NodeSignal Signal, string? Reason = null) : RolloutEvent;
}

/// <summary>What a node tells of an order.</summary>
public enum NodeSignal
{
    /// <summary>It has the order and waits.</summary>
    Holds,

    /// <summary>It has begun.</summary>
    Began,

    /// <summary>It runs the version, and found it good.</summary>
    Done,

    /// <summary>It failed for good.</summary>
    Failed,
}

/// <summary>Something to do for a rollout, once.</summary>
public abstract record RolloutEffect
{
    private RolloutEffect()
    {
    }

    /// <summary>Order a node to the version.</summary>
    public sealed record Assign(string Node, int Attempt, bool Force) : RolloutEffect;

    /// <summary>Take a node's order back.</summary>
    public sealed record Withdraw(string Node) : RolloutEffect;

    /// <summary>Remember that the bundle is held back for a board.</summary>
    public sealed record HoldBack(string Board, string Reason) : RolloutEffect;

    /// <summary>Tell people that the rollout came to another phase or wave.</summary>
    public sealed record Notify(RolloutPhase Phase, string Text) : RolloutEffect;
}

/// <summary>What a step gave.</summary>
/// <param name="State">The state after it.</param>
/// <param name="Changed">Nodes whose progress is another one now.</param>
/// <param name="Effects">What to do, in order.</param>
public sealed record RolloutStep(RolloutState State, IReadOnlyCollection<NodeProgress> Changed, IReadOnlyList<RolloutEffect> Effects);
