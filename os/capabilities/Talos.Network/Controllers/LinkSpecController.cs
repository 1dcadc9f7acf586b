using Microsoft.Extensions.Logging;
using Talos.Cosi;
using Talos.Linux;
using Talos.Network.Ports;
using Talos.Network.Rules;
using Talos.Resources.Network;

namespace Talos.Network.Controllers;

/// <summary>Creates logical links and brings links into the state their <see cref="LinkSpec"/> wants.</summary>
internal sealed partial class LinkSpecController(INetworkKernel kernel, ILogger<LinkSpecController> log) : IController
{
    private readonly Dictionary<string, int> _prepared = [];

    public string Name => "network.LinkSpecController";

    public IReadOnlyList<ControllerInput> Inputs { get; } = [ControllerInput.Strong<LinkSpec>(), ControllerInput.Weak<LinkStatus>()];

    public IReadOnlyList<ControllerOutput> Outputs => [];

    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        // Parents and bridges come before what sits on them: devices first, then by kind.
        foreach (Resource<LinkSpec> wanted in context.List<LinkSpec>().OrderBy(r => r.Spec.Logical).ThenBy(r => r.Spec.Kind, StringComparer.Ordinal))
        {
            if (wanted.Phase is ResourcePhase.TearingDown)
            {
                Remove(wanted.Spec);
                _prepared.Remove(wanted.Spec.Name);
                await context.RemoveFinalizerAsync(wanted, ct);
                continue;
            }

            await context.AddFinalizerAsync(wanted, ct);
            Apply(wanted.Spec);
        }
    }

    private void Apply(LinkSpec wanted)
    {
        IReadOnlyList<LinkInfo> links = kernel.Links();
        if (Find(links, wanted.Name) is not { } link)
        {
            if (!wanted.Logical || !Create(wanted, links) || Find(kernel.Links(), wanted.Name) is not { } created)
            {
                return;
            }

            link = created;
        }

        if (_prepared.GetValueOrDefault(wanted.Name) != link.Index)
        {
            kernel.PassOverWithoutCarrier(wanted.Name);
            _prepared[wanted.Name] = link.Index;
        }

        int master = wanted.MasterName.Length > 0 ? Find(links, wanted.MasterName)?.Index ?? 0 : 0;
        if (master != 0 && link.MasterIndex != master)
        {
            kernel.SetLinkMaster(link.Index, master);
            LogMaster(wanted.Name, wanted.MasterName);
        }

        if (wanted.HardwareAddr.Length > 0 && KernelNames.Hardware(link.HardwareAddress.GetAddressBytes()) != wanted.HardwareAddr)
        {
            kernel.SetLinkHardwareAddress(link.Index, KernelNames.HardwareBytes(wanted.HardwareAddr));
            LogHardwareAddress(wanted.Name, wanted.HardwareAddr);
        }

        if (wanted.Mtu != 0 && link.Mtu != wanted.Mtu)
        {
            kernel.SetLinkMtu(link.Index, wanted.Mtu);
            LogMtu(wanted.Name, wanted.Mtu);
        }

        if (wanted.Multicast is { } multicast && multicast != KernelNames.LinkFlags(link.Flags).Contains("MULTICAST", StringComparison.Ordinal))
        {
            kernel.SetLinkMulticast(link.Index, multicast);
        }

        if (link.IsUp != wanted.Up)
        {
            if (wanted.Up && link.Kind.Length == 0)
            {
                kernel.AcceptRouters(wanted.Name);
            }

            kernel.SetLinkUp(link.Index, wanted.Up);
            LogUp(wanted.Name, wanted.Up ? "up" : "down");
        }
    }

    private bool Create(LinkSpec wanted, IReadOnlyList<LinkInfo> links)
    {
        int parent = 0;
        if (wanted.Kind == "vlan")
        {
            if (Find(links, wanted.ParentName) is not { } below)
            {
                return false;
            }

            parent = below.Index;
        }

        kernel.CreateLink(new NewLink(wanted.Name, wanted.Kind)
        {
            ParentIndex = parent,
            VlanId = wanted.Vlan?.Vid ?? 0,
            VlanProtocol = wanted.Vlan?.Protocol == "802.1ad" ? (ushort)0x88a8 : (ushort)0x8100,
            BridgeStp = wanted.Bridge?.Stp ?? false,
            BridgeVlanFiltering = wanted.Bridge?.VlanFiltering ?? false,
            PeerName = wanted.PeerName,
        });
        LogCreated(wanted.Kind, wanted.Name);
        return true;
    }

    private void Remove(LinkSpec gone)
    {
        if (gone.Logical && Find(kernel.Links(), gone.Name) is { } link)
        {
            try
            {
                kernel.DeleteLink(link.Index);
            }
            catch (LinuxException e) when (e.Error is Errno.ENODEV)
            {
                // It went with the link below it between the look and the call.
            }

            LogDeleted(gone.Kind, gone.Name);
        }
    }

    private static LinkInfo? Find(IReadOnlyList<LinkInfo> links, string name) => links.FirstOrDefault(l => l.Name == name);

    [LoggerMessage(LogLevel.Information, "Link {Link} joined {Master}")]
    private partial void LogMaster(string link, string master);

    [LoggerMessage(LogLevel.Information, "Link {Link} has hardware address {Address}")]
    private partial void LogHardwareAddress(string link, string address);

    [LoggerMessage(LogLevel.Information, "Link {Link} has MTU {Mtu}")]
    private partial void LogMtu(string link, uint mtu);

    [LoggerMessage(LogLevel.Information, "Link {Link} set {State}")]
    private partial void LogUp(string link, string state);

    [LoggerMessage(LogLevel.Information, "Created {Kind} link {Link}")]
    private partial void LogCreated(string kind, string link);

    [LoggerMessage(LogLevel.Information, "Deleted {Kind} link {Link}")]
    private partial void LogDeleted(string kind, string link);
}
