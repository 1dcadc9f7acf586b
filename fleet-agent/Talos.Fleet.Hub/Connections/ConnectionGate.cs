using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Talos.Fleet.Hub.Connections;

/// <summary>Bounds of a port.</summary>
/// <param name="Total">All connections.</param>
/// <param name="Waiting">Connections that showed nothing yet and have no request under way.</param>
/// <param name="WaitingOfAddress">The same, of one address.</param>
/// <param name="Strangers">Connections without an identity that have a request under way.</param>
/// <param name="StrangersOfAddress">The same, of one address.</param>
internal sealed record GateLimits(int Total, int Waiting, int WaitingOfAddress, int Strangers, int StrangersOfAddress);

/// <summary>Counts the connections of a port and decides who has to go.</summary>
/// <remarks>
/// What is bounded tightly is who has not shown an identity. Where there are too many of them, the one that has waited longest goes and the new one comes in:
/// an honest client needs a fraction of a second, while those that hold connections open wait until their end. So silent connections, also those of
/// the address of an honest fleet behind one NAT, keep nobody out. An address of IPv6 counts by its first 64 bits: a host has all of the others.
/// </remarks>
internal sealed class ConnectionGate(GateLimits limits)
{
    private readonly GateLimits _limits = limits;
    private readonly Lock _lock = new();
    private readonly LinkedList<Ticket> _waiting = new();
    private readonly Dictionary<(AddressFamily Family, ulong Prefix), Origin> _origins = [];
    private int _total;
    private int _strangers;
    private long _refused;
    private long _cut;

    internal enum Place
    {
        Waiting,
        Stranger,
        Kept,
        Gone,
    }

    /// <summary>Connections that are there.</summary>
    public int Total
    {
        get
        {
            lock (_lock)
            {
                return _total;
            }
        }
    }

    /// <summary>Connections that were turned away because all were in use.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Waiting connections that were ended for newer ones.</summary>
    public long Cut => Interlocked.Read(ref _cut);

    /// <summary>Lets a connection in.</summary>
    /// <param name="from">Its address.</param>
    /// <param name="cut">Ends it at once; is called without a lock, once at most.</param>
    /// <returns>Its place, to be disposed when it is closed; null when there is none.</returns>
    public Ticket? Enter(IPAddress? from, Action cut)
    {
        Ticket? ticket = null;
        List<Ticket> gone = [];
        lock (_lock)
        {
            (AddressFamily, ulong) key = Key(from ?? IPAddress.None);
            Origin origin = _origins.GetValueOrDefault(key) ?? new Origin(key);
            if (origin.Waiting.Count >= _limits.WaitingOfAddress && origin.Waiting.First is { } oldestHere)
            {
                gone.Add(Leave(oldestHere.Value));
            }

            if ((_waiting.Count >= _limits.Waiting || _total >= _limits.Total) && _waiting.First is { } oldest)
            {
                gone.Add(Leave(oldest.Value));
            }

            if (_total < _limits.Total)
            {
                ticket = new Ticket(this, origin, cut);
                _origins[key] = origin;
                _total++;
                origin.Count++;
                Wait(ticket);
            }
        }

        End(gone);
        if (ticket is null)
        {
            Interlocked.Increment(ref _refused);
        }

        return ticket;
    }

    /// <summary>Ends those that have waited longest: the process has no descriptors left.</summary>
    public void CutOldest(int count)
    {
        List<Ticket> gone = [];
        lock (_lock)
        {
            while (gone.Count < count && _waiting.First is { } oldest)
            {
                gone.Add(Leave(oldest.Value));
            }
        }

        End(gone);
    }

    private static (AddressFamily Family, ulong Prefix) Key(IPAddress address)
    {
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        Span<byte> bytes = stackalloc byte[16];
        plain.TryWriteBytes(bytes, out _);
        return (plain.AddressFamily, BinaryPrimitives.ReadUInt64BigEndian(bytes));
    }

    private void End(List<Ticket> gone)
    {
        Interlocked.Add(ref _cut, gone.Count);
        foreach (Ticket ticket in gone)
        {
            ticket.Cut();
        }
    }

    private void Wait(Ticket ticket)
    {
        ticket.Place = Place.Waiting;
        ticket.All = _waiting.AddLast(ticket);
        ticket.Here = ticket.Origin.Waiting.AddLast(ticket);
    }

    /// <summary>Takes a connection from where it is counted, except the total.</summary>
    private void Lift(Ticket ticket)
    {
        if (ticket.Place is Place.Waiting)
        {
            _waiting.Remove(ticket.All!);
            ticket.Origin.Waiting.Remove(ticket.Here!);
        }
        else if (ticket.Place is Place.Stranger)
        {
            _strangers--;
            ticket.Origin.Strangers--;
        }
    }

    private Ticket Leave(Ticket ticket)
    {
        if (ticket.Place is not Place.Gone)
        {
            Lift(ticket);
            ticket.Place = Place.Gone;
            _total--;
            if (--ticket.Origin.Count == 0)
            {
                _origins.Remove(ticket.Origin.Key);
            }
        }

        return ticket;
    }

    /// <summary>An address that has connections.</summary>
    internal sealed class Origin((AddressFamily, ulong) key)
    {
        public (AddressFamily, ulong) Key { get; } = key;

        public LinkedList<Ticket> Waiting { get; } = new();

        public int Strangers { get; set; }

        public int Count { get; set; }
    }

    /// <summary>The place of one connection.</summary>
    internal sealed class Ticket(ConnectionGate gate, Origin origin, Action cut) : IDisposable
    {
        private int _requests;

        internal Origin Origin { get; } = origin;

        internal Place Place { get; set; }

        internal LinkedListNode<Ticket>? All { get; set; }

        internal LinkedListNode<Ticket>? Here { get; set; }

        /// <summary>Whether the other side showed who it is.</summary>
        public bool IsKept => Place is Place.Kept;

        /// <summary>The other side showed who it is: it stays for as long as it likes.</summary>
        /// <returns>False when it was ended meanwhile.</returns>
        public bool Keep()
        {
            lock (gate._lock)
            {
                if (Place is Place.Waiting or Place.Stranger)
                {
                    gate.Lift(this);
                    Place = Place.Kept;
                }

                return Place is Place.Kept;
            }
        }

        /// <summary>A request without an identity begins; end it with <see cref="EndRequest"/>.</summary>
        /// <returns>False when there are too many.</returns>
        public bool BeginRequest()
        {
            lock (gate._lock)
            {
                if (Place is Place.Waiting)
                {
                    if (gate._strangers >= gate._limits.Strangers || Origin.Strangers >= gate._limits.StrangersOfAddress)
                    {
                        return false;
                    }

                    gate.Lift(this);
                    Place = Place.Stranger;
                    gate._strangers++;
                    Origin.Strangers++;
                }

                _requests += Place is Place.Gone ? 0 : 1;
                return Place is not Place.Gone;
            }
        }

        /// <summary>A request ended: without another one under way the connection waits again.</summary>
        public void EndRequest()
        {
            lock (gate._lock)
            {
                if (--_requests == 0 && Place is Place.Stranger)
                {
                    gate.Lift(this);
                    gate.Wait(this);
                }
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            lock (gate._lock)
            {
                gate.Leave(this);
            }
        }

        internal void Cut() => cut();
    }
}
