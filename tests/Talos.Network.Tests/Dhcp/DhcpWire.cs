using System.Net;
using Talos.Network.Dhcp;

namespace Talos.Network.Tests.Dhcp;

/// <summary>A machine and its servers on one wire, in a time of their own; each server answers after its delay and a little jitter.</summary>
internal sealed class DhcpWire
{
    private readonly IReadOnlyList<WireServer> _servers;
    private readonly PriorityQueue<Func<IReadOnlyList<DhcpAction>>, TimeSpan> _coming = new();
    private readonly List<string> _told = [];
    private readonly Random _random;
    private TimeSpan _now;

    public DhcpWire(IReadOnlyList<WireServer> servers, uint seed)
    {
        _servers = servers;
        _random = new Random((int)(seed & int.MaxValue));
        Machine = new DhcpMachine(new DhcpIdentity(Wire.Mac, [], ""), () => (uint)_random.NextInt64(1L << 32));
    }

    public DhcpMachine Machine { get; }

    /// <summary>Whether renewals to one server never arrive.</summary>
    public bool UnicastIsLost { get; set; }

    /// <summary>What happened, for a test that fails.</summary>
    public string Told => string.Join('\n', _told.TakeLast(60));

    public void Start() => Perform(Machine.Start(_now));

    public void Run(TimeSpan duration, Func<DhcpMachine, bool>? until = null)
    {
        TimeSpan end = _now + duration;
        while (until?.Invoke(Machine) is not true)
        {
            TimeSpan due = Machine.Deadline;
            if (_coming.TryPeek(out Func<IReadOnlyList<DhcpAction>>? next, out TimeSpan at) && at <= due)
            {
                due = at;
            }
            else
            {
                next = null;
            }

            if (due > end)
            {
                _now = end;
                return;
            }

            _now = due > _now ? due : _now;
            if (next is not null)
            {
                _coming.Dequeue();
            }

            Perform(next is null ? Machine.OnTimer(_now) : next());
        }
    }

    private void Perform(IReadOnlyList<DhcpAction> actions)
    {
        foreach (DhcpAction action in actions)
        {
            _told.Add(FormattableString.Invariant($"{_now.TotalSeconds:0.000} {Machine.State} {action}"));
            switch (action)
            {
                case DhcpAction.Broadcast broadcast:
                    Deliver(broadcast.Message, _servers);
                    break;
                case DhcpAction.Unicast unicast when !UnicastIsLost:
                    Deliver(unicast.Message, _servers.Where(s => new IPAddress(s.Identifier).Equals(unicast.To)));
                    break;
                case DhcpAction.Probe probe:
                    bool used = _servers.Any(s => s.IsUsed && s.Address == probe.Address.ToString());
                    _coming.Enqueue(() => Machine.OnProbed(used, _now), _now + TimeSpan.FromMilliseconds(400));
                    break;
            }
        }
    }

    private void Deliver(DhcpMessage message, IEnumerable<WireServer> servers)
    {
        foreach (WireServer server in servers)
        {
            if (server.Answer(message) is { } answer)
            {
                _coming.Enqueue(() => Machine.OnMessage(answer, _now), _now + server.Delay + TimeSpan.FromMilliseconds(_random.Next(60)));
            }
        }
    }
}
