using System.Net;
using Talos.Cosi;
using Talos.Linux;
using Talos.Resources.Network;

namespace Talos.Network.Rules;

/// <summary>How what the kernel reports becomes resources.</summary>
internal static class StatusRules
{
    public static LinkStatus Link(LinkInfo link, LinkDevice device) => new()
    {
        Index = link.Index,
        Type = KernelNames.LinkType(link.Type),
        LinkIndex = link.ParentIndex,
        Flags = KernelNames.LinkFlags(link.Flags),
        HardwareAddr = KernelNames.Hardware(link.HardwareAddress.GetAddressBytes()),
        PermanentAddr = KernelNames.Hardware(link.PermanentAddress.GetAddressBytes()),
        BroadcastAddr = KernelNames.Hardware(link.BroadcastAddress.GetAddressBytes()),
        Mtu = link.Mtu,
        QueueDisc = link.QueueDiscipline,
        MasterIndex = link.MasterIndex,
        OperationalState = KernelNames.OperationalState(link.OperationalState),
        Kind = link.Kind,
        SlaveKind = link.SlaveKind,
        BusPath = device.BusPath,
        PciId = device.PciId,
        Driver = device.Driver,
        LinkState = link.Carrier,
        SpeedMbit = device.SpeedMbit,
        Alias = link.Alias,
        AltNames = [.. link.AlternativeNames.Split(' ', StringSplitOptions.RemoveEmptyEntries)],
        Physical = link.Kind.Length == 0 && device.BusPath.Length > 0,
    };

    public static AddressStatus Address(AddressInfo address, string linkName) => new()
    {
        Address = new IPPrefix(address.Address, address.PrefixLength),
        Broadcast = address.Broadcast,
        LinkIndex = address.LinkIndex,
        LinkName = linkName,
        Scope = KernelNames.Scope(address.Scope),
        Flags = KernelNames.AddressFlags(address.Flags),
        Priority = address.RoutePriority,
    };

    public static RouteStatus Route(RouteInfo route, string linkName) => new()
    {
        Family = route.Destination.AddressFamily is System.Net.Sockets.AddressFamily.InterNetwork ? IPFamily.Inet4 : IPFamily.Inet6,
        Destination = route.DestinationLength == 0 ? null : new IPPrefix(route.Destination, route.DestinationLength),
        Source = route.Source,
        Gateway = route.Gateway,
        OutLinkIndex = route.LinkIndex,
        OutLinkName = linkName,
        Table = KernelNames.Table(route.Table),
        Priority = route.Priority,
        Scope = KernelNames.Scope(route.Scope),
        Type = KernelNames.RouteType(route.Type),
        Protocol = KernelNames.Protocol(route.Protocol),
        Mtu = route.Mtu,
    };

    /// <summary>The addresses others can reach, IPv4 before IPv6, each family by link and address.</summary>
    public static ValueList<IPPrefix> Reachable(IEnumerable<AddressStatus> addresses) =>
        addresses
            .Where(a => a.Scope == "global" && !IsUnusable(a.Flags) && !IPAddress.IsLoopback(a.Address.Address) && !a.Address.Address.IsIPv6LinkLocal)
            .OrderBy(a => a.Family)
            .ThenBy(a => a.LinkIndex)
            .ThenBy(a => a.Address.ToString(), StringComparer.Ordinal)
            .Select(a => a.Address)
            .Distinct()
            .ToValueList();

    /// <summary>The address the node is known by: the former one while it is there, else the first.</summary>
    public static ValueList<IPPrefix> Default(ValueList<IPPrefix> reachable, ValueList<IPPrefix> former) =>
        former.Count > 0 && reachable.Contains(former[0]) ? [former[0]] : reachable.Take(1).ToValueList();

    /// <summary>The addresses that belong to a network rather than stand alone.</summary>
    public static ValueList<IPPrefix> Routed(ValueList<IPPrefix> reachable)
    {
        ValueList<IPPrefix> wide = reachable.Where(a => a.Length < (a.IsIPv6 ? 128 : 32)).ToValueList();
        return wide.Count > 0 ? wide : reachable;
    }

    private static bool IsUnusable(string flags) =>
        flags.Split(',').Any(flag => flag is "deprecated" or "tentative" or "dadFailed" or "temporary");
}

/// <summary>What sysfs says about the device behind a link.</summary>
/// <param name="BusPath">Bus address, such as <c>0000:00:01.0</c>; empty for a link made by software.</param>
/// <param name="Driver">Kernel driver; empty when unknown.</param>
/// <param name="PciId">Vendor and product, <c>1af4:1000</c>; empty when it is no PCI device.</param>
/// <param name="SpeedMbit">Speed in megabits a second; 0 when unknown.</param>
internal sealed record LinkDevice(string BusPath, string Driver, string PciId, int SpeedMbit)
{
    /// <summary>A link made by software.</summary>
    public static LinkDevice None { get; } = new("", "", "", 0);
}
