using System.Net;
using Microsoft.Extensions.Logging;
using Talos.Cosi;
using Talos.Linux;
using Talos.Network.Ports;
using Talos.Network.Rules;
using Talos.Resources.Network;

namespace Talos.Network.Controllers;

/// <summary>Sets the routes that <see cref="RouteSpec"/> wants and removes those that are wanted no more.</summary>
internal sealed partial class RouteSpecController(INetworkKernel kernel, ILogger<RouteSpecController> log) : IController
{
    private const uint OnLinkFlag = 4;
    private static readonly TimeSpan NextTry = TimeSpan.FromSeconds(10);

    public string Name => "network.RouteSpecController";

    public IReadOnlyList<ControllerInput> Inputs { get; } =
        [ControllerInput.Strong<RouteSpec>(), ControllerInput.Weak<LinkStatus>(), ControllerInput.Weak<AddressStatus>(), ControllerInput.Weak<RouteStatus>()];

    public IReadOnlyList<ControllerOutput> Outputs => [];

    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        foreach (Resource<RouteSpec> wanted in context.List<RouteSpec>())
        {
            if (wanted.Phase is ResourcePhase.TearingDown)
            {
                Remove(wanted.Spec);
                await context.RemoveFinalizerAsync(wanted, ct);
                continue;
            }

            await context.AddFinalizerAsync(wanted, ct);
            if (!Apply(wanted.Spec))
            {
                context.RequeueAfter(NextTry);
            }
        }
    }

    /// <returns>False when the link or the address that the route needs is not there yet.</returns>
    private bool Apply(RouteSpec wanted)
    {
        LinkInfo? link = Link(wanted.OutLinkName);
        if (wanted.OutLinkName.Length > 0 && link is not { IsUp: true })
        {
            return false;
        }

        RouteInfo route = Route(wanted, link);
        if (kernel.Routes().Any(r => IsSame(r, route)))
        {
            return true;
        }

        try
        {
            kernel.AddRoute(route);
        }
        catch (LinuxException e) when (e.Error is Errno.ENETUNREACH or Errno.EHOSTUNREACH or Errno.EINVAL or Errno.ENETDOWN)
        {
            LogWaits(wanted.Destination?.ToString() ?? "default", wanted.Gateway, e.Message);
            return false;
        }

        LogAdded(wanted.Destination?.ToString() ?? "default", wanted.Gateway, wanted.OutLinkName, wanted.Priority);
        return true;
    }

    private void Remove(RouteSpec gone)
    {
        LinkInfo? link = Link(gone.OutLinkName);
        if (link is null && gone.OutLinkName.Length > 0)
        {
            return;
        }

        RouteInfo route = Route(gone, link);
        if (kernel.Routes().FirstOrDefault(r => IsSame(r, route)) is { } existing)
        {
            kernel.RemoveRoute(existing);
            LogRemoved(gone.Destination?.ToString() ?? "default", gone.Gateway);
        }
    }

    private LinkInfo? Link(string name) => kernel.Links().FirstOrDefault(l => l.Name == name);

    private static RouteInfo Route(RouteSpec spec, LinkInfo? link) => new()
    {
        Destination = spec.Destination?.Network.Address ?? (spec.Family is IPFamily.Inet4 ? IPAddress.Any : IPAddress.IPv6Any),
        DestinationLength = (byte)(spec.Destination?.Length ?? 0),
        Gateway = spec.Gateway,
        Source = spec.Source,
        LinkIndex = link?.Index ?? 0,
        Table = spec.Table,
        Priority = spec.Priority,
        Protocol = KernelNames.ProtocolNumber(spec.Protocol),
        Scope = KernelNames.ScopeNumber(spec.Scope),
        Type = KernelNames.RouteTypeNumber(spec.Type),
        Flags = spec.OnLink ? OnLinkFlag : 0,
        Mtu = spec.Mtu,
    };

    private static bool IsSame(RouteInfo existing, RouteInfo wanted) =>
        existing.Destination.Equals(wanted.Destination)
        && existing.DestinationLength == wanted.DestinationLength
        && Equals(existing.Gateway, wanted.Gateway)
        && (wanted.LinkIndex == 0 || existing.LinkIndex == wanted.LinkIndex)
        && existing.Table == wanted.Table
        && existing.Priority == wanted.Priority
        && (wanted.Source is null || Equals(existing.Source, wanted.Source))
        && existing.Mtu == wanted.Mtu;

    [LoggerMessage(LogLevel.Information, "Route to {Destination} via {Gateway} on {Link} metric {Priority} added")]
    private partial void LogAdded(string destination, IPAddress? gateway, string link, uint priority);

    [LoggerMessage(LogLevel.Information, "Route to {Destination} via {Gateway} removed")]
    private partial void LogRemoved(string destination, IPAddress? gateway);

    [LoggerMessage(LogLevel.Debug, "Route to {Destination} via {Gateway} waits: {Problem}")]
    private partial void LogWaits(string destination, IPAddress? gateway, string problem);
}
