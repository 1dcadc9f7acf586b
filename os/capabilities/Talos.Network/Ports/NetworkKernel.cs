using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using Talos.Linux;
using Talos.Network.Dhcp;
using Talos.Network.Rules;

namespace Talos.Network.Ports;

/// <summary>The network of this node: rtnetlink and sysfs.</summary>
internal sealed class NetworkKernel : INetworkKernel, IDisposable
{
    private const ushort Arp = 0x0806;
    private static readonly byte[] Everybody = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff];

    private readonly RouteNetlink _netlink = RouteNetlink.Open();

    public IReadOnlyList<LinkInfo> Links() => _netlink.Links();

    public IReadOnlyList<AddressInfo> Addresses() => _netlink.Addresses();

    public IReadOnlyList<RouteInfo> Routes() => _netlink.Routes();

    public void CreateLink(NewLink link) => _netlink.CreateLink(link);

    public void DeleteLink(int index) => _netlink.DeleteLink(index);

    public void SetLinkUp(int index, bool up) => _netlink.SetLinkUp(index, up);

    // 2: also while forwarding is on. Source: Linux, networking/ip-sysctl.rst, accept_ra.
    public void AcceptRouters(string linkName) => SetParameter($"ipv6/conf/{linkName}/accept_ra", "2");

    public void PassOverWithoutCarrier(string linkName)
    {
        // Two links of one subnet: the one that is unplugged would still be taken for its neighbours.
        SetParameter($"ipv4/conf/{linkName}/ignore_routes_with_linkdown", "1");
        SetParameter($"ipv6/conf/{linkName}/ignore_routes_with_linkdown", "1");
    }

    public void SetLinkMtu(int index, uint mtu) => _netlink.SetLinkMtu(index, mtu);

    public void SetLinkHardwareAddress(int index, byte[] address) => _netlink.SetLinkHardwareAddress(index, new PhysicalAddress(address));

    public void SetLinkMaster(int index, int master) => _netlink.SetLinkMaster(index, master);

    public void SetLinkMulticast(int index, bool on) => _netlink.SetLinkMulticast(index, on);

    public void AddAddress(AddressInfo address) => _netlink.AddAddress(address);

    public void RemoveAddress(AddressInfo address) => _netlink.RemoveAddress(address);

    public void AddRoute(RouteInfo route, RouteConflict conflict) => _netlink.AddRoute(route, conflict);

    public void RemoveRoute(RouteInfo route) => _netlink.RemoveRoute(route);

    public void Announce(LinkInfo link, IPAddress address)
    {
        byte[] hardware = link.HardwareAddress.GetAddressBytes();
        if (hardware.Length != 6)
        {
            return;
        }

        try
        {
            using PacketSocket socket = PacketSocket.Open(link.Index, Arp, []);
            socket.Send(ArpPacket.Announcement(hardware, address), Everybody);
        }
        catch (LinuxException e) when (e.Error is Errno.ENETDOWN or Errno.ENODEV or Errno.ENXIO)
        {
            // Nobody is there to be told.
        }
    }

    public LinkDevice Device(string linkName)
    {
        string folder = $"/sys/class/net/{linkName}/device";
        if (!Directory.Exists(folder))
        {
            return LinkDevice.None;
        }

        string target = Path.GetFileName(Directory.ResolveLinkTarget(folder, returnFinalTarget: false)?.FullName ?? "device");
        string driver = Path.GetFileName(Directory.ResolveLinkTarget($"{folder}/driver", returnFinalTarget: false)?.FullName ?? "");
        string vendor = Text($"{folder}/vendor");
        string product = Text($"{folder}/device");
        string pci = vendor.StartsWith("0x", StringComparison.Ordinal) && product.StartsWith("0x", StringComparison.Ordinal)
            ? $"{vendor[2..]}:{product[2..]}"
            : "";
        int speed = int.TryParse(Text($"/sys/class/net/{linkName}/speed"), NumberStyles.None, CultureInfo.InvariantCulture, out int megabits) ? megabits : 0;
        return new LinkDevice(target, driver, pci, speed);
    }

    public async Task MonitorAsync(NetlinkGroups groups, Action changed, CancellationToken ct)
    {
        using NetlinkMonitor monitor = NetlinkMonitor.Open(groups);
        while (true)
        {
            changed();
            await monitor.WaitAsync(ct).ConfigureAwait(false);
        }
    }

    public void Dispose() => _netlink.Dispose();

    private static void SetParameter(string name, string value)
    {
        try
        {
            File.WriteAllText($"/proc/sys/net/{name}", value);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A kernel without IPv6, or one whose parameters are not ours to set.
        }
    }

    private static string Text(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (IOException)
        {
            // The speed of a link without carrier cannot be read, and not every bus has vendor and product.
            return "";
        }
        catch (UnauthorizedAccessException)
        {
            return "";
        }
    }
}
