using System.Net;

namespace Talos.Network.Dhcp;

/// <summary>State of a DHCP client. Source: RFC 2131, section 4.4, figure 5.</summary>
internal enum DhcpState
{
    /// <summary>Waits before it asks.</summary>
    Init,

    /// <summary>Asked for offers.</summary>
    Selecting,

    /// <summary>Asked for what was offered.</summary>
    Requesting,

    /// <summary>Asked for the address it had before.</summary>
    Rebooting,

    /// <summary>Finds out whether the address is free.</summary>
    Probing,

    /// <summary>Has a lease.</summary>
    Bound,

    /// <summary>Asks its server for more time.</summary>
    Renewing,

    /// <summary>Asks any server for more time.</summary>
    Rebinding,
}

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

    private readonly List<DhcpAction> _actions = [];
    private readonly DhcpMessages _messages = new(identity);
    private uint _transaction;
    private TimeSpan _began;
    private TimeSpan _requested;
    private int _attempts;
    private int _refusals;
    private DhcpLease? _candidate;
    private TimeSpan _leaseStart;
    private TimeSpan _deadline = TimeSpan.MaxValue;

    /// <summary>The state.</summary>
    public DhcpState State { get; private set; }

    /// <summary>The lease that may be used; null when none.</summary>
    public DhcpLease? Lease { get; private set; }

    /// <summary>When to call <see cref="OnTimer"/>; <see cref="TimeSpan.MaxValue"/> is never.</summary>
    public TimeSpan Deadline => _deadline < Expiry ? _deadline : Expiry;

    private TimeSpan Expiry => Lease is null ? TimeSpan.MaxValue : After(_leaseStart, Lease.Duration);

    /// <summary>Begins, or begins again after the link came back: a lease that still holds is asked to be confirmed.</summary>
    public IReadOnlyList<DhcpAction> Start(TimeSpan now)
    {
        _began = now;
        _refusals = 0;
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
            Lose($"{candidate.Address.Address} is in use by another machine");
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
            Lose("it ran out");
            Discover(now);
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
            case DhcpState.Selecting:
                SendDiscover(now);
                break;
            case DhcpState.Requesting when _attempts < MostRequests:
                SendRequest(now);
                break;
            case DhcpState.Rebooting when _attempts < MostReboots:
                SendReboot(now);
                break;
            case DhcpState.Requesting or DhcpState.Rebooting:
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

    private void OnOffer(DhcpMessage message, TimeSpan now)
    {
        if (DhcpLeaseReader.Read(message) is { } offer)
        {
            _candidate = offer;
            State = DhcpState.Requesting;
            _attempts = 0;
            SendRequest(now);
        }
    }

    private void OnAck(DhcpMessage message, TimeSpan now)
    {
        if (DhcpLeaseReader.Read(message) is not { } granted
            || (State is DhcpState.Requesting && (!granted.Server.Equals(_candidate!.Server) || !granted.Address.Address.Equals(_candidate.Address.Address))))
        {
            return;
        }

        _candidate = granted;
        _refusals = 0;
        if (Lease?.Address.Address.Equals(granted.Address.Address) is true)
        {
            Bind(granted);
            return;
        }

        State = DhcpState.Probing;
        _deadline = TimeSpan.MaxValue;
        _actions.Add(new DhcpAction.Probe(granted.Address.Address));
    }

    private void OnNak(DhcpMessage message, TimeSpan now)
    {
        string reason = DhcpLeaseReader.Reason(message);
        Lose(reason.Length == 0 ? "the server refused it" : $"the server refused it: {reason}");
        Wait(now, Retry(_refusals++));
    }

    private void Bind(DhcpLease lease)
    {
        _leaseStart = _requested;
        Lease = lease;
        State = DhcpState.Bound;
        _deadline = After(_leaseStart, lease.Renewal);
        _actions.Add(new DhcpAction.Granted(lease));
    }

    private void Lose(string reason)
    {
        _candidate = null;
        if (Lease is not null)
        {
            Lease = null;
            _actions.Add(new DhcpAction.Lost(reason));
        }
    }

    private void Wait(TimeSpan now, TimeSpan pause)
    {
        State = DhcpState.Init;
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

    private static TimeSpan After(TimeSpan start, TimeSpan duration) =>
        duration > TimeSpan.MaxValue - start ? TimeSpan.MaxValue : start + duration;

    private DhcpAction[] Take()
    {
        DhcpAction[] actions = [.. _actions];
        _actions.Clear();
        return actions;
    }
}
