using System.Net;
using Talos.Linux;
using Talos.Resources.Network;

namespace Talos.Network.Rules;

/// <summary>What is to be done for a route, and which routes are given up to whom.</summary>
internal static class RouteRules
{
    private const uint OnLinkFlag = 4;
    private const byte KernelProtocol = 2;
    private const byte RouterAdvertisement = 9;

    /// <summary>The step that brings the kernel nearer to what is wanted.</summary>
    /// <param name="wanted">The route.</param>
    /// <param name="link">Its link; null when it is not there.</param>
    /// <param name="present">The kernel's routes.</param>
    public static RouteStep Next(RouteSpec wanted, LinkInfo? link, IReadOnlyList<RouteInfo> present)
    {
        if (wanted.OutLinkName.Length > 0 && link is not { IsUp: true })
        {
            return new RouteStep.Wait("");
        }

        RouteInfo route = Info(wanted, link);
        RouteInfo? existing = Find(present, route);
        if (route.Gateway is not null && link is { Carrier: false })
        {
            // Packets would be lost on it while another link may have a way; the kernel itself leaves it in force.
            return existing is null ? new RouteStep.Done() : new RouteStep.Remove(existing, "no carrier");
        }

        if (existing is not null)
        {
            return new RouteStep.Done();
        }

        List<RouteInfo> rivals = [.. present.Where(r => HaveOneKey(r, route))];
        if (rivals.Count == 0)
        {
            return new RouteStep.Add(route, RouteConflict.Refuse);
        }

        if (rivals.All(r => r.LinkIndex == route.LinkIndex && r.Protocol is not (KernelProtocol or RouterAdvertisement)))
        {
            return new RouteStep.Add(route, RouteConflict.Replace);
        }

        return rivals.All(r => r.Protocol is RouterAdvertisement)
            ? new RouteStep.Add(route, RouteConflict.Append)
            : new RouteStep.Wait(
                $"metric {route.Priority} is taken by the route via {rivals[0].Gateway?.ToString() ?? "no gateway"} on link {rivals[0].LinkIndex}");
    }

    /// <summary>The kernel's route that a spec made; null when it is not there.</summary>
    public static RouteInfo? Find(IReadOnlyList<RouteInfo> present, RouteInfo wanted) => present.FirstOrDefault(r =>
        HaveOneKey(r, wanted)
        && Equals(r.Gateway, wanted.Gateway)
        && (wanted.LinkIndex == 0 || r.LinkIndex == wanted.LinkIndex)
        && (wanted.Source is null || Equals(r.Source, wanted.Source))
        && r.Mtu == wanted.Mtu);

    /// <summary>The route as the kernel has it.</summary>
    public static RouteInfo Info(RouteSpec spec, LinkInfo? link) => new()
    {
        Destination = spec.Destination?.Network.Address ?? (spec.Family is IPFamily.Inet4 ? IPAddress.Any : IPAddress.IPv6Any),
        DestinationLength = (byte)(spec.Destination?.Length ?? 0),
        Gateway = spec.Gateway,
        Source = spec.Source,
        LinkIndex = link?.Index ?? 0,
        Table = spec.Table,

        // An IPv6 route without a metric has 1024. Source: Linux, net/ipv6_route.h, IP6_RT_PRIO_USER.
        Priority = spec is { Family: IPFamily.Inet6, Priority: 0 } ? RouteSpec.DefaultPriority : spec.Priority,
        Protocol = KernelNames.ProtocolNumber(spec.Protocol),
        Scope = KernelNames.ScopeNumber(spec.Scope),
        Type = KernelNames.RouteTypeNumber(spec.Type),
        Flags = spec.OnLink ? OnLinkFlag : 0,
        Mtu = spec.Mtu,
    };

    /// <summary>
    /// Gives routes to one destination metrics of their own, so that one wins and the others wait behind it: the lower metric
    /// first, then the higher layer, then the link by name. Without it the kernel would hold one of them only, whichever came last.
    /// </summary>
    public static IEnumerable<RouteSpec> Arrange(IEnumerable<RouteSpec> routes)
    {
        foreach (IGrouping<(uint, IPFamily, IPPrefix?), RouteSpec> rivals in routes.GroupBy(r => (r.Table, r.Family, r.Destination?.Network)))
        {
            long least = 0;
            foreach (RouteSpec route in rivals
                .OrderBy(r => r.Priority)
                .ThenByDescending(r => r.Layer)
                .ThenBy(r => Sortable(r.OutLinkName), StringComparer.Ordinal)
                .ThenBy(r => r.Gateway?.ToString(), StringComparer.Ordinal))
            {
                long metric = Math.Min(Math.Max(route.Priority, least), uint.MaxValue);
                least = metric + 1;
                yield return route with { Priority = (uint)metric };
            }
        }
    }

    /// <summary>A name by which eth2 comes before eth10.</summary>
    private static string Sortable(string name)
    {
        System.Text.StringBuilder text = new();
        for (int at = 0; at < name.Length;)
        {
            int end = at;
            while (end < name.Length && char.IsAsciiDigit(name[end]))
            {
                end++;
            }

            text.Append(end > at ? name[at..end].PadLeft(15, '0') : name[at..++end]);
            at = end;
        }

        return text.ToString();
    }

    /// <summary>Whether the kernel holds one of the two only, or one behind the other.</summary>
    private static bool HaveOneKey(RouteInfo a, RouteInfo b) =>
        a.Destination.Equals(b.Destination) && a.DestinationLength == b.DestinationLength && a.Table == b.Table && a.Priority == b.Priority;
}

/// <summary>A step of <see cref="RouteRules.Next"/>.</summary>
internal abstract record RouteStep
{
    /// <summary>Nothing is to be done.</summary>
    public sealed record Done : RouteStep;

    /// <summary>Later; the problem is empty when what the route needs is only not there yet.</summary>
    public sealed record Wait(string Problem) : RouteStep;

    /// <summary>Set the route.</summary>
    public sealed record Add(RouteInfo Route, RouteConflict Conflict) : RouteStep;

    /// <summary>Take the route away for now.</summary>
    public sealed record Remove(RouteInfo Route, string Reason) : RouteStep;
}
