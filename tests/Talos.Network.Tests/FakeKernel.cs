using System.Net;
using System.Net.NetworkInformation;
using Talos.Linux;
using Talos.Network.Ports;
using Talos.Network.Rules;

namespace Talos.Network.Tests;

/// <summary>A kernel's network in memory.</summary>
internal sealed class FakeKernel : INetworkKernel
{
    private readonly List<LinkInfo> _links = [];

    public List<AddressInfo> TheAddresses { get; } = [];

    public List<RouteInfo> TheRoutes { get; } = [];

    /// <summary>Whether a route is gone by the time it is to be removed, as when its address was taken away.</summary>
    public bool GoesBeforeRemoval { get; set; }

    /// <summary>What was changed, in words.</summary>
    public List<string> Changes { get; } = [];

    public LinkInfo Given(string name, bool up = true, ushort type = 1, string kind = "")
    {
        LinkInfo link = new()
        {
            Index = _links.Count + 1,
            Name = name,
            Type = type,
            Kind = kind,
            Flags = up ? 1u : 0,
            Mtu = 1500,
            Carrier = up,
            OperationalState = up ? (byte)6 : (byte)2,
            HardwareAddress = new PhysicalAddress([0x52, 0x54, 0, 0, 0, (byte)(_links.Count + 1)]),
        };
        _links.Add(link);
        return link;
    }

    public IReadOnlyList<LinkInfo> Links() => [.. _links];

    public IReadOnlyList<AddressInfo> Addresses() => [.. TheAddresses];

    public IReadOnlyList<RouteInfo> Routes() => [.. TheRoutes];

    public LinkDevice Device(string linkName) =>
        linkName.StartsWith("eth", StringComparison.Ordinal) ? new LinkDevice($"0000:00:0{linkName[3..]}.0", "virtio_net", "1af4:1000", 1000) : LinkDevice.None;

    public void CreateLink(NewLink link)
    {
        Given(link.Name, up: false, kind: link.Kind);
        Changes.Add($"create {link.Kind} {link.Name}");
    }

    public void DeleteLink(int index)
    {
        Changes.Add($"delete {_links.Single(l => l.Index == index).Name}");
        _links.RemoveAll(l => l.Index == index);
    }

    public void SetLinkUp(int index, bool up) => Change(index, $"{(up ? "up" : "down")}", l => l with { Flags = up ? 1u : 0 });

    public void AcceptRouters(string linkName) => Changes.Add($"{linkName} accepts routers");

    public void PassOverWithoutCarrier(string linkName) { }

    /// <summary>Plugs a link in or out.</summary>
    public void Plug(string name, bool carrier)
    {
        int at = _links.FindIndex(l => l.Name == name);
        _links[at] = _links[at] with { Carrier = carrier };
    }

    public void SetLinkMtu(int index, uint mtu) => Change(index, $"mtu {mtu}", l => l with { Mtu = mtu });

    public void SetLinkHardwareAddress(int index, byte[] address) =>
        Change(index, "address", l => l with { HardwareAddress = new PhysicalAddress(address) });

    public void SetLinkMaster(int index, int master) => Change(index, $"master {master}", l => l with { MasterIndex = master });

    public void SetLinkMulticast(int index, bool on) => Change(index, $"multicast {on}", l => l);

    public void AddAddress(AddressInfo address)
    {
        Changes.Add($"add {address.Address}/{address.PrefixLength}");
        TheAddresses.Add(address);
    }

    public void RemoveAddress(AddressInfo address)
    {
        Changes.Add($"remove {address.Address}/{address.PrefixLength}");
        TheAddresses.Remove(address);
    }

    public void AddRoute(RouteInfo route, RouteConflict conflict)
    {
        bool near = route.OnLink || route.Gateway is null || TheAddresses.Any(a =>
            new Talos.Resources.Network.IPPrefix(a.Address, a.PrefixLength).Contains(route.Gateway));
        if (!near)
        {
            throw new LinuxException(Errno.ENETUNREACH, "rtnetlink", "add route");
        }

        int rival = TheRoutes.FindIndex(r => r.Destination.Equals(route.Destination) && r.DestinationLength == route.DestinationLength
            && r.Table == route.Table && r.Priority == route.Priority);
        if (rival >= 0 && conflict is RouteConflict.Refuse)
        {
            throw new LinuxException(Errno.EEXIST, "rtnetlink", "add route");
        }

        if (rival >= 0 && conflict is RouteConflict.Replace)
        {
            TheRoutes.RemoveAt(rival);
        }

        Changes.Add($"route {route.Destination}/{route.DestinationLength} via {route.Gateway}");
        TheRoutes.Add(route);
    }

    public void RemoveRoute(RouteInfo route)
    {
        if (GoesBeforeRemoval || !TheRoutes.Contains(route))
        {
            throw new LinuxException(Errno.ESRCH, "rtnetlink", "remove route");
        }

        Changes.Add($"no route {route.Destination}/{route.DestinationLength} via {route.Gateway}");
        TheRoutes.Remove(route);
    }

    public void Announce(LinkInfo link, IPAddress address) => Changes.Add($"announce {address}");

    public Task MonitorAsync(NetlinkGroups groups, Action changed, CancellationToken ct) => Task.Delay(Timeout.InfiniteTimeSpan, ct);

    private void Change(int index, string what, Func<LinkInfo, LinkInfo> change)
    {
        int at = _links.FindIndex(l => l.Index == index);
        Changes.Add($"{_links[at].Name} {what}");
        _links[at] = change(_links[at]);
    }
}
