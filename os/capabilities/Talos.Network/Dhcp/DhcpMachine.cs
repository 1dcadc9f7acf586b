using System.Net;

namespace Talos.Network.Dhcp;

/// <summary>The DHCPv4 client as a machine: messages and time go in, actions come out; it does no I/O.</summary>
/// <param name="identity">How it presents itself.</param>
/// <param name="random">Gives numbers for transaction ids and jitter.</param>
/// <remarks>Source: RFC 2131, section 4.4. Time is any clock that only moves forward.</remarks>
internal sealed class DhcpMachine(DhcpIdentity identity, Func<uint> random)
{
    private const int MostRequests = 4;
    private const int MostReboots = 2;
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(64);
    private static readonly TimeSpan ShortestRenewal = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AfterDecline = TimeSpan.FromSeconds(10);

    /// <summary>How long a refusal of any server waits for an acknowledgement of another: servers on one wire answer within it.</summary>
    private static readonly TimeSpan DoubtTime = TimeSpan.FromSeconds(1);

    private readonly List<DhcpAction> _actions = [];
    private readonly DhcpMessages _messages = new(identity);
    private readonly DhcpMemory _memory = new();
    private uint _transaction;
    private TimeSpan _began;
    private TimeSpan _requested;
    private int _attempts;
    private int _refusals;
    private DhcpLease? _candidate;
    private DhcpLease? _spare;
    private (TimeSpan Ends, string Refusal)? _doubt;
    private TimeSpan _leaseStart;
    private TimeSpan _deadline = TimeSpan.MaxValue;

    /// <summary>The state.</summary>
    public DhcpState State { get; private set; }

    /// <summary>The lease that may be used; null when none.</summary>
    public DhcpLease? Lease { get; private set; }

    /// <summary>When to call <see cref="OnTimer"/>; <see cref="TimeSpan.MaxValue"/> is never.</summary>
    public TimeSpan Deadline => Earliest(Earliest(_deadline, Expiry), _doubt?.Ends ?? TimeSpan.MaxValue);

    private TimeSpan Expiry => Lease is null ? TimeSpan.MaxValue : After(_leaseStart, Lease.Duration);

    /// <summary>Begins, or begins again after the link came back: a lease that still holds is asked to be confirmed.</summary>
    public IReadOnlyList<DhcpAction> Start(TimeSpan now)
    {
        _began = now;
        _refusals = 0;
        _memory.Forget();
        if (Lease is null)
        {
            Discover(now);
        }
        else
        {
            Enter(DhcpState.Rebooting, now);
            SendReboot(now);
        }

        return Take();
    }

    /// <summary>Takes a message; one that is not for this client or not due in this state changes nothing.</summary>
    public IReadOnlyList<DhcpAction> OnMessage(DhcpMessage message, TimeSpan now)
    {
        if (message.IsReply && message.TransactionId == _transaction && message.HardwareAddress.Span.SequenceEqual(identity.HardwareAddress))
        {
            switch (message.Type)
            {
                case DhcpMessageType.Offer when State is DhcpState.Selecting: OnOffer(message, now); break;
                case DhcpMessageType.Ack when IsAsking: OnAck(message, now); break;
                case DhcpMessageType.Nak when IsAsking: OnNak(message, now); break;
                case DhcpMessageType.Offer or DhcpMessageType.Ack or DhcpMessageType.Nak: break;
                default:
                    TellOnce($"a message of {Name(DhcpLeaseReader.Server(message))} is left out: its type (option 53) is {(int)message.Type}");
                    break;
            }
        }

        return Take();
    }

    /// <summary>Takes the answer to <see cref="DhcpAction.Probe"/>.</summary>
    public IReadOnlyList<DhcpAction> OnProbed(bool conflict, TimeSpan now)
    {
        if (State is not DhcpState.Probing || _candidate is not { } candidate)
        {
            return [];
        }

        if (conflict)
        {
            _transaction = random();
            _actions.Add(new DhcpAction.Broadcast(_messages.Decline(_transaction, candidate)));
            _memory.Failed(candidate.Server);
            string reason = $"{candidate.Address.Address} of {candidate.Server} is in use by another machine";
            Tell($"{reason}; asks anew in {AfterDecline.TotalSeconds:0} s");
            Lose(reason, candidate);
            Wait(now, AfterDecline);
        }
        else
        {
            Bind(candidate);
        }

        return Take();
    }

    /// <summary>To be called at <see cref="Deadline"/>.</summary>
    public IReadOnlyList<DhcpAction> OnTimer(TimeSpan now)
    {
        if (now >= Expiry)
        {
            Lose("it ran out", Lease!);
            Discover(now);
        }
        else if (_doubt is { } doubt && now >= doubt.Ends)
        {
            Refuse(doubt.Refusal, Lease!, now);
        }
        else if (now >= _deadline)
        {
            OnDeadline(now);
        }

        return Take();
    }

    private bool IsAsking => State is DhcpState.Requesting or DhcpState.Rebooting or DhcpState.Renewing or DhcpState.Rebinding;

    private void OnDeadline(TimeSpan now)
    {
        switch (State)
        {
            case DhcpState.Init:
                Discover(now);
                break;
            case DhcpState.Selecting when _spare is { } spare && _attempts >= _memory.Failures(spare.Server):
                Request(spare, now);
                break;
            case DhcpState.Selecting:
                SendDiscover(now);
                break;
            case DhcpState.Requesting when _attempts < MostRequests:
                SendRequest(now);
                break;
            case DhcpState.Rebooting when _attempts < MostReboots:
                SendReboot(now);
                break;
            case DhcpState.Requesting:
                _memory.Failed(_candidate!.Server);
                TellOnce($"{_candidate.Server} offered {_candidate.Address.Address} and did not answer {MostRequests} requests for it");
                Discover(now);
                break;
            case DhcpState.Rebooting:
                Discover(now);
                break;
            case DhcpState.Bound:
                Enter(DhcpState.Renewing, now);
                SendRenewal(now);
                break;
            case DhcpState.Renewing when now < After(_leaseStart, Lease!.Rebinding):
                SendRenewal(now);
                break;
            case DhcpState.Renewing:
                Enter(DhcpState.Rebinding, now);
                SendRenewal(now);
                break;
            case DhcpState.Rebinding:
                SendRenewal(now);
                break;
        }
    }

    /// <summary>Takes the first offer; one of a server that let the client down before only when no other server offers in time.</summary>
    private void OnOffer(DhcpMessage message, TimeSpan now)
    {
        if (DhcpLeaseReader.Read(message) is not { } offer)
        {
            TellOnce($"an offer of {Name(DhcpLeaseReader.Server(message))} is left out: {DhcpLeaseReader.Problem(message)}");
        }
        else if (_memory.Failures(offer.Server) == 0)
        {
            Request(offer, now);
        }
        else if (_spare is null || _memory.Failures(offer.Server) < _memory.Failures(_spare.Server))
        {
            _spare = offer;
        }
    }

    private void OnAck(DhcpMessage message, TimeSpan now)
    {
        DhcpLease asked = State is DhcpState.Requesting ? _candidate! : Lease!;
        DhcpLease? granted = DhcpLeaseReader.Read(message, asked.Server);
        string? problem = granted is null ? DhcpLeaseReader.Problem(message, asked.Server)
            : State is DhcpState.Requesting && !granted.Server.Equals(asked.Server) ? $"{asked.Server} was asked"
            : granted.Address.Address.Equals(asked.Address.Address) ? null
            : $"it is for {granted.Address.Address}, {asked.Address.Address} was asked for";
        if (granted is null || problem is not null)
        {
            TellOnce($"an acknowledgement of {Name(DhcpLeaseReader.Server(message))} is left out: {problem}");
            return;
        }

        _candidate = granted;
        _refusals = 0;
        _doubt = null;
        if (Lease?.Address.Address.Equals(granted.Address.Address) is true)
        {
            Bind(granted);
            return;
        }

        State = DhcpState.Probing;
        _deadline = TimeSpan.MaxValue;
        _actions.Add(new DhcpAction.Probe(granted.Address.Address));
    }

    /// <summary>
    /// A request that went to one server is refused by that server alone. One that went to all is refused by every server that
    /// does not know the address, so the refusal counts only when none acknowledges it in time.
    /// </summary>
    private void OnNak(DhcpMessage message, TimeSpan now)
    {
        IPAddress? server = DhcpLeaseReader.Server(message);
        DhcpLease asked = State is DhcpState.Requesting ? _candidate! : Lease!;
        string why = DhcpLeaseReader.Reason(message);
        string refusal = $"{Name(server)} refused {asked.Address.Address}{(why.Length == 0 ? "" : $": {why}")}";
        bool toAll = State is DhcpState.Rebooting or DhcpState.Rebinding;
        if (!toAll && asked.Server.Equals(server))
        {
            Refuse(refusal, asked, now);
        }
        else if (_memory.FirstRefusal(server))
        {
            Tell(toAll
                ? $"{refusal}; this counts in {DoubtTime.TotalSeconds:0} s unless a server acknowledges it"
                : $"{refusal}; this is left out, {asked.Server} was asked");
        }

        _doubt ??= toAll ? (After(now, DoubtTime), refusal) : null;
    }

    private void Refuse(string refusal, DhcpLease refused, TimeSpan now)
    {
        if (State is DhcpState.Requesting)
        {
            _memory.Failed(refused.Server);
        }

        TimeSpan pause = Retry(_refusals++);
        Tell($"{refusal}; asks anew in {pause.TotalSeconds:0} s");
        Lose(refusal, refused);
        Wait(now, pause);
    }

    private void Tell(string text) => _actions.Add(new DhcpAction.Notice(text));

    private void TellOnce(string text)
    {
        if (_memory.Once(text))
        {
            Tell(text);
        }
    }

    private static string Name(IPAddress? server) => server?.ToString() ?? "a server that does not name itself";

    private void Bind(DhcpLease lease)
    {
        _leaseStart = _requested;
        Lease = lease;
        State = DhcpState.Bound;
        _deadline = After(_leaseStart, lease.Renewal);
        _memory.Succeeded();
        _actions.Add(new DhcpAction.Granted(lease));
        foreach (string item in lease.LeftOut)
        {
            TellOnce($"of the lease of {lease.Server} is left out: {item}");
        }
    }

    /// <summary>Gives up what was asked for; the lease in use goes only when it is that very address.</summary>
    private void Lose(string reason, DhcpLease what)
    {
        _candidate = null;
        if (Lease?.Address.Address.Equals(what.Address.Address) is true)
        {
            Lease = null;
            _actions.Add(new DhcpAction.Lost(reason));
        }
    }

    private void Wait(TimeSpan now, TimeSpan pause)
    {
        State = DhcpState.Init;
        _doubt = null;
        _deadline = After(now, pause);
    }

    private void Discover(TimeSpan now)
    {
        _began = now;
        Enter(DhcpState.Selecting, now);
        SendDiscover(now);
    }

    private void Enter(DhcpState state, TimeSpan now)
    {
        State = state;
        _attempts = 0;
        _transaction = random();
        _requested = now;
        _spare = null;
        _doubt = null;
        _memory.NewTransaction();
    }

    private void Request(DhcpLease offer, TimeSpan now)
    {
        _candidate = offer;
        State = DhcpState.Requesting;
        _attempts = 0;
        SendRequest(now);
    }

    private void SendDiscover(TimeSpan now)
    {
        _actions.Add(new DhcpAction.Broadcast(_messages.Discover(_transaction, Seconds(now))));
        _deadline = After(now, Retry(_attempts++));
    }

    private void SendRequest(TimeSpan now)
    {
        _requested = now;
        _actions.Add(new DhcpAction.Broadcast(_messages.Request(_transaction, Seconds(now), _candidate!)));
        _deadline = After(now, Retry(_attempts++));
    }

    private void SendReboot(TimeSpan now)
    {
        _requested = now;
        _actions.Add(new DhcpAction.Broadcast(_messages.Reboot(_transaction, Seconds(now), Lease!.Address.Address)));
        _deadline = After(now, Retry(_attempts++));
    }

    /// <summary>Asks for more time; asks again after half of what is left, but not within a minute.</summary>
    private void SendRenewal(TimeSpan now)
    {
        _requested = now;
        IPAddress own = Lease!.Address.Address;
        DhcpMessage message = _messages.Renewal(_transaction, own);
        bool renewing = State is DhcpState.Renewing;
        _actions.Add(renewing ? new DhcpAction.Unicast(message, own, Lease.Server) : new DhcpAction.Broadcast(message));

        TimeSpan end = renewing ? After(_leaseStart, Lease.Rebinding) : Expiry;
        TimeSpan half = (end - now) / 2;
        TimeSpan next = now + (half > ShortestRenewal ? half : ShortestRenewal);
        _deadline = next < end ? next : end;
    }

    /// <summary>2, 4, 8 … 64 s, with up to 1 s more or less.</summary>
    private TimeSpan Retry(int attempt)
    {
        TimeSpan pause = FirstRetry * (1 << Math.Min(attempt, 10));
        return (pause < LongestRetry ? pause : LongestRetry) + TimeSpan.FromMilliseconds((random() % 2001) - 1000.0);
    }

    private ushort Seconds(TimeSpan now) => (ushort)Math.Min((now - _began).TotalSeconds, ushort.MaxValue);

    private static TimeSpan Earliest(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan After(TimeSpan start, TimeSpan duration) =>
        duration > TimeSpan.MaxValue - start ? TimeSpan.MaxValue : start + duration;

    private DhcpAction[] Take()
    {
        DhcpAction[] actions = [.. _actions];
        _actions.Clear();
        return actions;
    }
}
