using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Talos.Cosi;
using Talos.Network.Controllers;
using Talos.Network.Ports;
using Talos.Network.Rules;
using Talos.Resources.Network;

namespace Talos.Network;

/// <summary>The network of the node: links, addresses, routes, DHCP, host name, resolvers, time servers.</summary>
/// <param name="time">The clock.</param>
/// <param name="loggers">Makes loggers.</param>
public sealed class NetworkModule(TimeProvider time, ILoggerFactory loggers)
{
    /// <summary>Registers the controllers.</summary>
    public void Register(ControllerRuntime controllers)
    {
        ArgumentNullException.ThrowIfNull(controllers);
        foreach (IController controller in Controllers(new NetworkKernel(), new NodeFiles(), new LinuxDhcpTransports(time)))
        {
            controllers.Register(controller);
        }
    }

    internal IReadOnlyList<IController> Controllers(INetworkKernel kernel, INodeFiles files, IDhcpTransports transports) =>
    [
        new LinkStatusController(kernel),
        new AddressStatusController(kernel),
        new RouteStatusController(kernel),
        new LayerController(files, loggers.CreateLogger<LayerController>()),
        new OperatorController(transports, time, RandomNumber, loggers.CreateLogger<OperatorController>()),
        new MergeController<LinkSpec>("Link", MergeRules.ById<LinkSpec>(MergeRules.Link)),
        new MergeController<AddressSpec>("Address", MergeRules.ById<AddressSpec>(MergeRules.Highest)),
        new MergeController<RouteSpec>("Route", MergeRules.Routes),
        new MergeController<OperatorSpec>("Operator", MergeRules.ById<OperatorSpec>(MergeRules.Highest)),
        new MergeController<HostnameSpec>("Hostname", MergeRules.ById<HostnameSpec>(MergeRules.Hostname)),
        new MergeController<ResolverSpec>("Resolver", MergeRules.ById<ResolverSpec>(MergeRules.Resolvers)),
        new MergeController<TimeServerSpec>("TimeServer", MergeRules.ById<TimeServerSpec>(MergeRules.TimeServers)),
        new LinkSpecController(kernel, loggers.CreateLogger<LinkSpecController>()),
        new AddressSpecController(kernel, loggers.CreateLogger<AddressSpecController>()),
        new RouteSpecController(kernel, loggers.CreateLogger<RouteSpecController>()),
        new HostnameController(files, loggers.CreateLogger<HostnameController>()),
        new ServersController(),
        new NodeAddressController(),
        new EtcFilesController(files),
        new NetworkStatusController(),
    ];

    private static uint RandomNumber() => BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4));
}
