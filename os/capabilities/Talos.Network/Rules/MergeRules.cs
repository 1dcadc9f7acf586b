using Talos.Cosi;
using Talos.Resources.Network;

namespace Talos.Network.Rules;

/// <summary>Which of the specs that several layers give comes into force. Specs come ordered by layer, lowest first.</summary>
internal static class MergeRules
{
    /// <summary>Merges those of one id by themselves.</summary>
    public static Func<IReadOnlyList<T>, IEnumerable<T>> ById<T>(Func<IReadOnlyList<T>, T> merge) where T : ILayeredSpec =>
        specs => specs.GroupBy(s => s.MergedId).Select(group => merge([.. group]));

    /// <summary>The highest layer counts for each route of each link; routes of several links to one destination get metrics of their own.</summary>
    public static IEnumerable<RouteSpec> Routes(IReadOnlyList<RouteSpec> specs) =>
        RouteRules.Arrange(specs.GroupBy(s => (s.MergedId, s.OutLinkName)).Select(group => Highest([.. group])));

    /// <summary>The highest layer alone counts; within it the last.</summary>
    public static T Highest<T>(IReadOnlyList<T> specs) where T : ILayeredSpec => specs[^1];

    /// <summary>The highest layer alone counts; within it the first, so that a name does not move to another link's.</summary>
    public static HostnameSpec Hostname(IReadOnlyList<HostnameSpec> specs) => specs.First(s => s.Layer == specs[^1].Layer);

    /// <summary>A higher layer overrides what it sets and leaves the rest as it is.</summary>
    public static LinkSpec Link(IReadOnlyList<LinkSpec> specs) =>
        specs.Aggregate((below, above) => above with
        {
            Logical = above.Logical || below.Logical,
            Kind = above.Kind.Length > 0 ? above.Kind : below.Kind,
            Mtu = above.Mtu != 0 ? above.Mtu : below.Mtu,
            HardwareAddr = above.HardwareAddr.Length > 0 ? above.HardwareAddr : below.HardwareAddr,
            MasterName = above.MasterName.Length > 0 ? above.MasterName : below.MasterName,
            ParentName = above.ParentName.Length > 0 ? above.ParentName : below.ParentName,
            PeerName = above.PeerName.Length > 0 ? above.PeerName : below.PeerName,
            Multicast = above.Multicast ?? below.Multicast,
            Vlan = above.Vlan ?? below.Vlan,
            Bridge = above.Bridge ?? below.Bridge,
        });

    /// <summary>Servers and search domains each come from the highest layer that has any.</summary>
    public static ResolverSpec Resolvers(IReadOnlyList<ResolverSpec> specs) => new()
    {
        DnsServers = FromHighest(specs, s => s.DnsServers),
        SearchDomains = FromHighest(specs, s => s.SearchDomains),
        Layer = specs[^1].Layer,
    };

    /// <summary>The highest layer that has any servers counts.</summary>
    public static TimeServerSpec TimeServers(IReadOnlyList<TimeServerSpec> specs) => new()
    {
        TimeServers = FromHighest(specs, s => s.TimeServers),
        Layer = specs[^1].Layer,
    };

    private static ValueList<string> FromHighest<T>(IReadOnlyList<T> specs, Func<T, ValueList<string>> items) where T : ILayeredSpec
    {
        List<T> giving = [.. specs.Where(s => items(s).Count > 0)];
        return giving.Count == 0 ? [] : giving.Where(s => s.Layer == giving[^1].Layer).SelectMany(s => items(s)).Distinct().ToValueList();
    }
}
