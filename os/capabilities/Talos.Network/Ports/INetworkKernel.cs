using System.Net;
using Talos.Linux;
using Talos.Network.Rules;

namespace Talos.Network.Ports;

/// <summary>What the room needs of the kernel's network.</summary>
internal interface INetworkKernel
{
    /// <summary>All links.</summary>
    IReadOnlyList<LinkInfo> Links();

    /// <summary>All addresses.</summary>
    IReadOnlyList<AddressInfo> Addresses();

    /// <summary>All routes.</summary>
    IReadOnlyList<RouteInfo> Routes();

    /// <summary>The device behind a link; <see cref="LinkDevice.None"/> for one made by software.</summary>
    LinkDevice Device(string linkName);

    void CreateLink(NewLink link);

    void DeleteLink(int index);

    void SetLinkUp(int index, bool up);

    /// <summary>Lets a link take addresses and routes of IPv6 routers, although the node forwards packets itself.</summary>
    void AcceptRouters(string linkName);

    /// <summary>Lets the kernel pass over the routes of a link while it has no carrier.</summary>
    void PassOverWithoutCarrier(string linkName);

    void SetLinkMtu(int index, uint mtu);

    void SetLinkHardwareAddress(int index, byte[] address);

    void SetLinkMaster(int index, int master);

    void SetLinkMulticast(int index, bool on);

    void AddAddress(AddressInfo address);

    void RemoveAddress(AddressInfo address);

    void AddRoute(RouteInfo route, RouteConflict conflict);

    void RemoveRoute(RouteInfo route);

    /// <summary>Tells the neighbours on a link that an IPv4 address is here now.</summary>
    void Announce(LinkInfo link, IPAddress address);

    /// <summary>Calls back after each change of the named groups, until cancelled; once at the start.</summary>
    Task MonitorAsync(NetlinkGroups groups, Action changed, CancellationToken ct);
}
