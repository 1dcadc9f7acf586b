using Microsoft.Extensions.Logging;
using Talos.Cosi;
using Talos.Linux;
using Talos.Network.Ports;
using Talos.Network.Rules;
using Talos.Resources.Network;

namespace Talos.Network.Controllers;

/// <summary>Gives links the addresses that <see cref="AddressSpec"/> wants and takes those away that are wanted no more.</summary>
internal sealed partial class AddressSpecController(INetworkKernel kernel, ILogger<AddressSpecController> log) : IController
{
    public string Name => "network.AddressSpecController";

    public IReadOnlyList<ControllerInput> Inputs { get; } =
        [ControllerInput.Strong<AddressSpec>(), ControllerInput.Weak<LinkStatus>(), ControllerInput.Weak<AddressStatus>()];

    public IReadOnlyList<ControllerOutput> Outputs => [];

    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        foreach (Resource<AddressSpec> wanted in context.List<AddressSpec>())
        {
            if (wanted.Phase is ResourcePhase.TearingDown)
            {
                Remove(wanted.Spec);
                await context.RemoveFinalizerAsync(wanted, ct);
                continue;
            }

            await context.AddFinalizerAsync(wanted, ct);
            Apply(wanted.Spec);
        }
    }

    private void Apply(AddressSpec wanted)
    {
        if (Link(wanted.LinkName) is not { IsUp: true } link || kernel.Addresses().Any(a => Is(a, link, wanted)))
        {
            return;
        }

        kernel.AddAddress(new AddressInfo
        {
            LinkIndex = link.Index,
            Address = wanted.Address.Address,
            PrefixLength = (byte)wanted.Address.Length,
            Scope = KernelNames.ScopeNumber(wanted.Scope),
            RoutePriority = wanted.Priority,
        });
        LogAdded(wanted.Address, wanted.LinkName);
        if (wanted.AnnounceWithArp && !wanted.Address.IsIPv6)
        {
            kernel.Announce(link, wanted.Address.Address);
        }
    }

    private void Remove(AddressSpec gone)
    {
        if (Link(gone.LinkName) is { } link && kernel.Addresses().FirstOrDefault(a => Is(a, link, gone)) is { } address)
        {
            try
            {
                kernel.RemoveAddress(address);
            }
            catch (LinuxException e) when (e.Error is Errno.EADDRNOTAVAIL or Errno.ENODEV)
            {
                // Somebody else took it away, or its link went, between the look and the call.
            }

            LogRemoved(gone.Address, gone.LinkName);
        }
    }

    private LinkInfo? Link(string name) => kernel.Links().FirstOrDefault(l => l.Name == name);

    private static bool Is(AddressInfo address, LinkInfo link, AddressSpec spec) =>
        address.LinkIndex == link.Index && address.Address.Equals(spec.Address.Address) && address.PrefixLength == spec.Address.Length;

    [LoggerMessage(LogLevel.Information, "Address {Address} added to {Link}")]
    private partial void LogAdded(IPPrefix address, string link);

    [LoggerMessage(LogLevel.Information, "Address {Address} removed from {Link}")]
    private partial void LogRemoved(IPPrefix address, string link);
}
