using System.Globalization;

namespace Talos.Fleet.Rollouts;

/// <summary>Takes a rollout from one state to the next.</summary>
public sealed class RolloutEngine
{
    private readonly DateTimeOffset _now;
    private readonly Dictionary<string, NodeProgress> _changed = new(StringComparer.Ordinal);
    private readonly List<RolloutEffect> _effects = [];
    private RolloutState _state;

    private RolloutEngine(RolloutState state, DateTimeOffset now) => (_state, _now) = (state, now);

    private RolloutPlan Plan => _state.Plan;

    private RolloutHead Head
    {
        get => _state.Head;
        set => _state = _state.With(value);
    }

    /// <summary>One step: the event, and everything that follows from it at this time.</summary>
    /// <remarks>An event that does not fit the state changes nothing, so that one may be told twice.</remarks>
    public static RolloutStep Step(RolloutState state, RolloutEvent happened, DateTimeOffset now)
    {
        RolloutEngine engine = new(state, now);
        engine.Take(happened);
        engine.Settle();
        return new RolloutStep(engine._state, engine._changed.Values, engine._effects);
    }

    private void Take(RolloutEvent happened)
    {
        switch (happened)
        {
            case RolloutEvent.Pause e when Head.Phase is RolloutPhase.Running or RolloutPhase.AwaitingApproval:
                Enter(RolloutPhase.Paused, $"paused by {e.Who}");
                break;
            case RolloutEvent.Resume e when Head.Phase is RolloutPhase.Paused:
                int accepted = OpenUpTo(Head.Wave) == 0 ? Head.Wave : Head.Accepted;
                Head = Head with { Tolerated = _state.Failed, Accepted = accepted };
                bool asks = Head.Approved < Head.Wave && (Plan.Approval is ApprovalRule.EachWave || (Plan.Approval is ApprovalRule.Start && _state.Touched == 0));
                Enter(asks ? RolloutPhase.AwaitingApproval : RolloutPhase.Running, $"resumed by {e.Who}");
                break;
            case RolloutEvent.Abort e when !Head.IsOver:
                End(RolloutPhase.Aborted, $"aborted by {e.Who}");
                break;
            case RolloutEvent.Approve e when Head.Phase is RolloutPhase.AwaitingApproval:
                int wave = _state.Touched == 0 && Head.Approved < 0 ? 0 : Head.Wave + (Head.Approved >= Head.Wave ? 1 : 0);
                Head = Head with { Approved = wave };
                Enter(RolloutPhase.Running, $"approved by {e.Who}");
                break;
            case RolloutEvent.Joined e when !Head.IsOver:
                Join(e.Nodes);
                break;
            case RolloutEvent.Reported e when _state.Nodes.TryGetValue(e.Node, out NodeProgress? node) && node.Attempt == e.Attempt && node.Attempt > 0:
                Report(node, e);
                break;
            case RolloutEvent.Tick when !Head.IsOver:
                LookAtTimes();
                break;
            default:
                break;
        }
    }

    private void Join(IReadOnlyList<Candidate> nodes)
    {
        int joined = 0;
        foreach (Candidate node in nodes)
        {
            if (!_state.Nodes.ContainsKey(node.Node) && RolloutOrder.Late(Plan, node) is { } wave)
            {
                Set(RolloutState.Begin(Plan, node, wave, Head.HeldBoards, _now));
                joined++;
            }
        }

        if (joined > 0)
        {
            _effects.Add(new RolloutEffect.Notify(Head.Phase, $"{joined} node{(joined == 1 ? "" : "s")} joined"));
        }
    }

    private void Report(NodeProgress node, RolloutEvent.Reported e)
    {
        bool active = RolloutState.IsActive(node.Status);
        bool gaveUp = node.Status is NodeStatus.Missed or NodeStatus.Withdrawn or NodeStatus.HeldBack;
        switch (e.Signal)
        {
            case NodeSignal.Holds when node.Status is NodeStatus.Assigned && node.Reason != e.Reason:
                Set(node with { Reason = e.Reason });
                break;
            case NodeSignal.Began when node.Status is NodeStatus.Assigned:
                Set(node with { Status = NodeStatus.Installing, Since = _now, Reason = null });
                break;
            case NodeSignal.Done when active || gaveUp || node.Status is NodeStatus.Waiting:
                // Also one whose order was withdrawn too late: it runs the version now.
                Set(node with { Status = NodeStatus.Succeeded, Since = _now, NotBefore = null, Reason = e.Reason });
                break;
            case NodeSignal.Failed when active || gaveUp:
                Fail(node, e.Reason ?? "the node gives no reason");
                break;
            default:
                break;
        }
    }

    private void Fail(NodeProgress node, string reason)
    {
        if (!Retry(node, reason))
        {
            Set(node with { Status = NodeStatus.Failed, Since = _now, Reason = reason });
        }
    }

    /// <summary>Whether the node may have another attempt; then it waits for it.</summary>
    private bool Retry(NodeProgress node, string reason)
    {
        if (node.Attempt > Plan.Retries || Head.IsOver)
        {
            return false;
        }

        Set(node with { Status = NodeStatus.Waiting, Since = _now, NotBefore = _now.AddSeconds(Plan.RetryDelaySeconds), Reason = reason });
        return true;
    }

    private void LookAtTimes()
    {
        TimeSpan limit = TimeSpan.FromSeconds(Plan.NodeTimeoutSeconds);
        DateTimeOffset? open = Windows.OpenSince(Plan.Windows, _now);
        foreach (string id in _state.Active)
        {
            NodeProgress node = _state.Nodes[id];
            if (node.Status is NodeStatus.Installing && _now - node.Since >= limit)
            {
                Fail(node, $"no result within {limit:c}");
            }
            else if (node.Status is NodeStatus.Assigned && open is { } since && _now - (since > node.Since ? since : node.Since) >= limit)
            {
                _effects.Add(new RolloutEffect.Withdraw(id));
                if (!Retry(node, $"did not begin within {limit:c}"))
                {
                    Set(node with { Status = NodeStatus.Missed, Since = _now, Reason = node.Reason ?? $"did not begin within {limit:c}" });
                }
            }
        }
    }

    private void Settle()
    {
        HoldBackBoards();
        while (Head.Phase is RolloutPhase.Running && !Breached() && OpenNextWave())
        {
        }

        if (Head.Phase is RolloutPhase.Running)
        {
            GiveOrders();
        }
    }

    private void HoldBackBoards()
    {
        if (Plan.HoldBackAfter == 0 || Plan.Force || Head.IsOver)
        {
            return;
        }

        foreach (string board in _changed.Values.Where(n => n.Status is NodeStatus.Failed).Select(n => n.Board).Distinct().Order(StringComparer.Ordinal).ToList())
        {
            (int finished, int failed) = _state.Board(board);
            if (failed < Plan.HoldBackAfter || failed * 100.0 < Plan.ErrorPercent * finished || Head.HeldBoards.Contains(board))
            {
                continue;
            }

            string reason = $"{failed} of {finished} nodes of board {board} failed";
            Head = Head with { HeldBoards = [.. Head.HeldBoards, board] };
            _effects.Add(new RolloutEffect.HoldBack(board, reason));
            foreach (NodeProgress node in _state.Nodes.Values.Where(n => n.Board == board && n.Status is (NodeStatus.Waiting or NodeStatus.Assigned)).ToList())
            {
                if (node.Status is NodeStatus.Assigned)
                {
                    _effects.Add(new RolloutEffect.Withdraw(node.Node));
                }

                Set(node with { Status = node is { Attempt: > 0, Status: NodeStatus.Waiting } ? NodeStatus.Failed : NodeStatus.HeldBack, Since = _now, NotBefore = null, Reason = reason });
            }
        }
    }

    /// <summary>Whether too many failed; then the rollout has left the running phase.</summary>
    private bool Breached()
    {
        int failed = _state.Failed;
        if (failed <= Head.Tolerated)
        {
            return false;
        }

        string? reason = Plan.ErrorCount is { } most && failed >= most ? $"{failed} nodes failed; {most} is the limit" : null;
        for (int wave = 0; wave <= Head.Wave && reason is null; wave++)
        {
            WaveCount count = _state.Waves[wave];
            double limit = Plan.Canary > 0 && wave == 0 ? 0 : Plan.ErrorPercent;
            if (count.Failed > 0 && count.Failed * 100.0 >= limit * count.Size)
            {
                reason = string.Create(CultureInfo.InvariantCulture, $"{count.Failed} of the {count.Size} nodes of wave {Name(wave)} failed; {(limit == 0 ? "none" : $"less than {limit} %")} may");
            }
        }

        if (reason is null)
        {
            return false;
        }

        if (Plan.OnError is ErrorAction.Stop)
        {
            End(RolloutPhase.Stopped, reason);
        }
        else
        {
            Enter(RolloutPhase.Paused, reason);
        }

        return true;
    }

    /// <summary>Opens the next wave, waits, or completes; true when there is more to settle.</summary>
    private bool OpenNextWave()
    {
        bool last = Head.Wave == _state.Waves.Length - 1;
        if (last)
        {
            if (OpenUpTo(Head.Wave) == 0)
            {
                Enter(RolloutPhase.Completed, $"{_state.Waves.Sum(w => w.Succeeded)} nodes run {Plan.Version}, {_state.Failed} failed, {_state.Waves.Sum(w => w.Missed)} did not begin");
            }

            return false;
        }

        WaveCount wave = _state.Waves[Head.Wave];
        double needed = Plan.Canary > 0 && Head.Wave == 0 ? 100 : Plan.SuccessPercent;
        if (wave.Size > 0 && wave.Succeeded * 100.0 < needed * wave.Size && Head.Accepted < Head.Wave)
        {
            // Nodes that joined can take a wave below its threshold again.
            Head = Head with { ReachedAt = null };
            if (OpenUpTo(Head.Wave) == 0)
            {
                Enter(RolloutPhase.Paused, $"wave {Name(Head.Wave)} ended with {wave.Succeeded} of {wave.Size} nodes on the version: resume to go on all the same, or abort");
            }

            return false;
        }

        if (Head.ReachedAt is null)
        {
            Head = Head with { ReachedAt = _now };
        }

        if (wave.Size > 0 && _now - Head.ReachedAt < TimeSpan.FromSeconds(Plan.SoakSeconds))
        {
            return false;
        }

        if (Plan.Approval is ApprovalRule.EachWave && Head.Approved <= Head.Wave && wave.Size > 0)
        {
            Head = Head with { Approved = Head.Wave };
            Enter(RolloutPhase.AwaitingApproval, $"wave {Name(Head.Wave)} is through: waits for approval of wave {Name(Head.Wave + 1)}");
            return false;
        }

        Head = Head with { Wave = Head.Wave + 1, ReachedAt = null };
        _effects.Add(new RolloutEffect.Notify(Head.Phase, $"wave {Name(Head.Wave)} opened"));
        return true;
    }

    private void GiveOrders()
    {
        if (Windows.OpenSince(Plan.Windows, _now) is null)
        {
            return;
        }

        while (_state.Delayed is { IsEmpty: false } delayed && delayed.Min.NotBefore <= _now)
        {
            Set(_state.Nodes[delayed.Min.Node] with { NotBefore = null });
        }

        while (_state.Active.Count < Plan.MaxParallel && _state.Ready is { IsEmpty: false } ready && ready.Min.Wave <= Head.Wave)
        {
            NodeProgress node = _state.Nodes[ready.Min.Node];
            int attempt = node.Attempt + 1;
            Set(node with { Status = NodeStatus.Assigned, Attempt = attempt, Since = _now, Reason = null });
            _effects.Add(new RolloutEffect.Assign(node.Node, attempt, Plan.Force || attempt > 1));
        }
    }

    private void End(RolloutPhase phase, string reason)
    {
        foreach (NodeProgress node in _state.Active.Select(id => _state.Nodes[id]).Where(n => n.Status is NodeStatus.Assigned).ToList())
        {
            _effects.Add(new RolloutEffect.Withdraw(node.Node));
            Set(node with { Status = NodeStatus.Withdrawn, Since = _now, Reason = reason });
        }

        Enter(phase, reason);
    }

    private void Enter(RolloutPhase phase, string reason)
    {
        Head = Head with { Phase = phase, Reason = reason };
        _effects.Add(new RolloutEffect.Notify(phase, reason));
    }

    private void Set(NodeProgress node)
    {
        _state = _state.With(node);
        _changed[node.Node] = node;
    }

    private int OpenUpTo(int wave) => _state.Waves.Take(wave + 1).Sum(w => w.Open);

    private string Name(int wave) => RolloutOrder.Names(Plan)[wave];
}
