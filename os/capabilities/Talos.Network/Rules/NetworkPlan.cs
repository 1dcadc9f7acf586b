using Talos.Resources.Network;

namespace Talos.Network.Rules;

/// <summary>What one source wants of the network.</summary>
internal sealed record NetworkPlan
{
    public IReadOnlyList<LinkSpec> Links { get; init; } = [];

    public IReadOnlyList<AddressSpec> Addresses { get; init; } = [];

    public IReadOnlyList<RouteSpec> Routes { get; init; } = [];

    public IReadOnlyList<OperatorSpec> Operators { get; init; } = [];

    /// <summary>Null leaves the name to other sources.</summary>
    public HostnameSpec? Hostname { get; init; }

    /// <summary>Null leaves the resolvers to other sources.</summary>
    public ResolverSpec? Resolvers { get; init; }

    /// <summary>Null leaves the time servers to other sources.</summary>
    public TimeServerSpec? TimeServers { get; init; }

    /// <summary>What was passed over, each with the reason.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>Names of links that nobody below this layer may configure.</summary>
    public IReadOnlyList<string> ClaimedLinks { get; init; } = [];
}
