using System.Net.NetworkInformation;
using System.Runtime.InteropServices;
using static Talos.Linux.NetlinkConstants;

namespace Talos.Linux;

/// <summary>Reads and changes links, addresses and routes of this network namespace. Safe for several threads.</summary>
/// <remarks>Source: rtnetlink(7).</remarks>
public sealed class RouteNetlink : IDisposable
{
    private const int DumpAttempts = 8;
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly NetlinkSocket _socket;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private uint _sequence;

    private RouteNetlink(NetlinkSocket socket) => _socket = socket;

    private delegate T? Decode<T>(ReadOnlySpan<byte> payload) where T : class;

    /// <summary>Opens a socket.</summary>
    public static RouteNetlink Open()
    {
        NetlinkSocket socket = NetlinkSocket.Open(NETLINK_ROUTE, groups: 0);
        socket.SetReceiveTimeout(AnswerLimit);
        return new RouteNetlink(socket);
    }

    /// <summary>All links.</summary>
    public IReadOnlyList<LinkInfo> Links() => List(RouteEncoder.ListLinks(), RTM_NEWLINK, RouteDecoder.Link);

    /// <summary>The link of that name; null when there is none.</summary>
    public LinkInfo? FindLink(string name) => Links().FirstOrDefault(link => link.Name == name);

    /// <summary>All addresses, IPv4 and IPv6.</summary>
    public IReadOnlyList<AddressInfo> Addresses() => List(RouteEncoder.ListAddresses(), RTM_NEWADDR, RouteDecoder.Address);

    /// <summary>All routes of all tables, IPv4 and IPv6, without cached ones.</summary>
    public IReadOnlyList<RouteInfo> Routes() =>
        [.. List(RouteEncoder.ListRoutes(), RTM_NEWROUTE, RouteDecoder.Route).Where(route => (route.Flags & RTM_F_CLONED) == 0)];

    /// <summary>Brings a link up or down.</summary>
    public void SetLinkUp(int index, bool up) => Change(RouteEncoder.SetUp(index, up), $"link {index} {(up ? "up" : "down")}");

    /// <summary>Switches multicast of a link.</summary>
    public void SetLinkMulticast(int index, bool on) => Change(RouteEncoder.SetMulticast(index, on), $"link {index} multicast {on}");

    /// <summary>Sets the largest packet of a link, in bytes.</summary>
    /// <exception cref="LinuxException"><see cref="Errno.EINVAL"/>: out of the driver's range.</exception>
    public void SetLinkMtu(int index, uint mtu) => Change(RouteEncoder.SetMtu(index, mtu), $"link {index} mtu {mtu}");

    /// <summary>Sets the hardware address of a link.</summary>
    public void SetLinkHardwareAddress(int index, PhysicalAddress address) =>
        Change(RouteEncoder.SetHardwareAddress(index, address), $"link {index} address {address}");

    /// <summary>Makes a link part of a bridge; master 0 takes it out.</summary>
    public void SetLinkMaster(int index, int master) => Change(RouteEncoder.SetMaster(index, master), $"link {index} master {master}");

    /// <summary>Creates a software link.</summary>
    /// <exception cref="LinuxException"><see cref="Errno.EEXIST"/>: the name is taken.</exception>
    public void CreateLink(NewLink link) => Change(RouteEncoder.CreateLink(link), $"new {link.Kind} link {link.Name}");

    /// <summary>Deletes a software link.</summary>
    public void DeleteLink(int index) => Change(RouteEncoder.DeleteLink(index), $"delete link {index}");

    /// <summary>Adds an address, or updates the one that is there.</summary>
    public void AddAddress(AddressInfo address) =>
        Change(RouteEncoder.AddAddress(address), $"add {address.Address}/{address.PrefixLength} to link {address.LinkIndex}");

    /// <summary>Removes an address.</summary>
    /// <exception cref="LinuxException"><see cref="Errno.EADDRNOTAVAIL"/>: the link does not have it.</exception>
    public void RemoveAddress(AddressInfo address) =>
        Change(RouteEncoder.RemoveAddress(address), $"remove {address.Address}/{address.PrefixLength} from link {address.LinkIndex}");

    /// <summary>Adds a route.</summary>
    /// <param name="route">The route; its gateway may be of the other family (IPv4 through IPv6).</param>
    /// <param name="conflict">What becomes of one with the same destination, metric and table, whatever its link.</param>
    /// <exception cref="LinuxException">
    /// <see cref="Errno.ENETUNREACH"/>: the gateway is on no link. <see cref="Errno.EEXIST"/>: there is such a route.
    /// </exception>
    public void AddRoute(RouteInfo route, RouteConflict conflict = RouteConflict.Refuse) =>
        Change(RouteEncoder.AddRoute(route, conflict), $"add route {route.Destination}/{route.DestinationLength} via {route.Gateway} metric {route.Priority}");

    /// <summary>Removes a route.</summary>
    /// <exception cref="LinuxException"><see cref="Errno.ESRCH"/>: there is none.</exception>
    public void RemoveRoute(RouteInfo route) =>
        Change(RouteEncoder.RemoveRoute(route), $"remove route {route.Destination}/{route.DestinationLength} metric {route.Priority}");

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private void Change(NetlinkRequest request, string what)
    {
        lock (_lock)
        {
            uint sequence = Send(request);
            Collect<LinkInfo>(sequence, what, expected: null, decode: null, into: null);
        }
    }

    private List<T> List<T>(NetlinkRequest request, ushort expected, Decode<T> decode) where T : class
    {
        lock (_lock)
        {
            for (int attempt = 1; ; attempt++)
            {
                List<T> found = [];
                uint sequence = Send(request);
                if (Collect(sequence, $"list {expected}", expected, decode, found) || attempt == DumpAttempts)
                {
                    return found;
                }
            }
        }
    }

    private uint Send(NetlinkRequest request)
    {
        uint sequence = ++_sequence;
        _socket.Send(request.Finish(sequence));
        return sequence;
    }

    /// <summary>Reads the answer to <paramref name="sequence"/>; answers to earlier requests are passed over.</summary>
    /// <returns>False when the kernel says that what it listed changed meanwhile.</returns>
    private bool Collect<T>(uint sequence, string what, ushort? expected, Decode<T>? decode, List<T>? into) where T : class
    {
        bool consistent = true;
        while (true)
        {
            if (_socket.Receive(_buffer) is not { } received)
            {
                throw new LinuxException(Errno.ETIMEDOUT, "rtnetlink", what);
            }

            NetlinkReader reader = new(_buffer.AsSpan(0, received));
            while (reader.TryRead(out NetlinkMessage message))
            {
                if (message.Sequence != sequence)
                {
                    continue;
                }

                consistent &= (message.Flags & NLM_F_DUMP_INTR) == 0;
                if (message.Type is NLMSG_DONE or NLMSG_ERROR)
                {
                    Check(message, what);
                    return consistent;
                }

                if (message.Type == expected && decode?.Invoke(message.Payload) is { } item)
                {
                    into?.Add(item);
                }
            }
        }
    }

    private static void Check(NetlinkMessage message, string what)
    {
        int error = message.Payload.Length >= 4 ? MemoryMarshal.Read<int>(message.Payload) : 0;
        if (error < 0)
        {
            throw new LinuxException((Errno)(-error), "rtnetlink", what);
        }
    }
}
