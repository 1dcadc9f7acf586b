using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Talos.Cosi;
using Talos.Network.Controllers;
using Talos.Network.Ports;
using Talos.Network.Rules;
using Talos.Resources.Network;

namespace Talos.Network;

/// <summary>The network of the node: links, addresses, routes, DHCP, host name, resolvers, time servers.</summary>
public static class NetworkModule
{
    /// <summary>The room's controllers.</summary>
    public static IReadOnlyList<IController> Controllers(TimeProvider time, ILoggerFactory logs) =>
        Controllers(new NetworkKernel(), new NodeFiles(), new LinuxDhcpTransports(time), time, logs);

    internal static IReadOnlyList<IController> Controllers(
        INetworkKernel kernel, INodeFiles files, IDhcpTransports transports, TimeProvider time, ILoggerFactory logs) =>
    [
        new LinkStatusController(kernel),
        new AddressStatusController(kernel),
        new RouteStatusController(kernel),
        new LayerController(files),
        new OperatorController(transports, time, () => BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4)), logs.CreateLogger<OperatorController>()),
        new MergeController<LinkSpec>("Link", MergeRules.Link),
        new MergeController<AddressSpec>("Address", MergeRules.Highest),
        new MergeController<RouteSpec>("Route", MergeRules.Highest),
        new MergeController<OperatorSpec>("Operator", MergeRules.Highest),
        new MergeController<HostnameSpec>("Hostname", MergeRules.Hostname),
        new MergeController<ResolverSpec>("Resolver", MergeRules.Resolvers),
        new MergeController<TimeServerSpec>("TimeServer", MergeRules.TimeServers),
        new LinkSpecController(kernel, logs.CreateLogger<LinkSpecController>()),
        new AddressSpecController(kernel, logs.CreateLogger<AddressSpecController>()),
        new RouteSpecController(kernel, logs.CreateLogger<RouteSpecController>()),
        new HostnameController(files, logs.CreateLogger<HostnameController>()),
        new ServersController(),
        new NodeAddressController(),
        new EtcFilesController(files),
        new NetworkStatusController(),
    ];
}
