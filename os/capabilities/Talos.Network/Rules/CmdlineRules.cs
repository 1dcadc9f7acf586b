using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Numerics;
using Talos.Config;
using Talos.Resources.Network;

namespace Talos.Network.Rules;

/// <summary>What the kernel's command line says about the network.</summary>
internal static class CmdlineRules
{
    /// <summary>The fields of <c>ip=</c> that hold addresses: client, gateway, two name servers, a time server.</summary>
    private static readonly int[] Addresses = [0, 2, 7, 8, 9];

    /// <summary>
    /// Reads <c>ip=</c> (Linux, nfsroot.rst), <c>talos.hostname=</c>; what makes no sense is passed over and named in
    /// <see cref="NetworkPlan.Problems"/>.
    /// </summary>
    /// <param name="cmdline">The whole command line.</param>
    /// <param name="links">The links by name; an <c>ip=</c> without a device takes the first Ethernet device.</param>
    public static NetworkPlan Plan(string cmdline, IReadOnlyDictionary<string, LinkStatus> links)
    {
        NetworkPlan plan = new();
        uint place = 0;
        foreach ((string key, string value) in Parameters(cmdline))
        {
            plan = key switch
            {
                "ip" => Ip(plan, value, links, place++),
                "talos.hostname" => WithHostname(plan, value),
                _ => plan,
            };
        }

        return plan;
    }

    /// <summary>Names of the links in <c>talos.network.interface.ignore=</c>.</summary>
    public static IReadOnlySet<string> IgnoredLinks(string cmdline) =>
        Parameters(cmdline).Where(p => p.Key == "talos.network.interface.ignore").Select(p => p.Value).ToHashSet();

    private static IEnumerable<(string Key, string Value)> Parameters(string cmdline) =>
        cmdline.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Select(word => word.Split('=', 2))
            .Select(parts => (parts[0], parts.Length > 1 ? parts[1].Trim('"') : ""));

    /// <summary><c>client:server:gateway:mask:hostname:device:autoconf:dns0:dns1:ntp0</c>; IPv6 addresses in brackets.</summary>
    private static NetworkPlan Ip(NetworkPlan plan, string value, IReadOnlyDictionary<string, LinkStatus> links, uint place)
    {
        List<string> fields = SplitFields(value);
        string Field(int index) => index < fields.Count ? fields[index] : "";
        string[] wrong = [.. Addresses.Select(Field).Where(f => f.Length > 0 && fields.Count > 1 && !AddressText.TryParse(f, out _))];
        plan = plan with
        {
            Problems =
            [
                .. plan.Problems,
                .. wrong.Select(f => $"ip={value}: '{f}' is not an IP address{(AddressText.IsAmbiguous(f) ? $": {AddressText.Hint}" : "")}"),
            ],
        };

        string autoconf = fields.Count == 1 ? fields[0] : Field(6);
        bool dhcp = autoconf is "dhcp" or "on" or "any" or "both";
        string? device = Field(5) is { Length: > 0 } named
            ? named
            : links.Where(l => DefaultRules.IsEthernetDevice(l.Value)).MinBy(l => l.Value.Index).Key;
        if (device is null)
        {
            return plan;
        }

        if (dhcp)
        {
            plan = plan with { Operators = [.. plan.Operators, new OperatorSpec { LinkName = device, Layer = ConfigLayer.Cmdline }] };
        }
        else if (AddressText.TryParse(Field(0), out IPAddress? address) && PrefixLength(address, Field(3)) is { } length)
        {
            plan = WithStatic(plan, device, new IPPrefix(address, length), Field(2), RouteSpec.DefaultPriority + place);
        }
        else
        {
            return plan;
        }

        plan = plan with
        {
            Links = [.. plan.Links, new LinkSpec { Name = device, Layer = ConfigLayer.Cmdline }],
            ClaimedLinks = [.. plan.ClaimedLinks, device],
        };
        return WithServers(WithHostname(plan, Field(4)), [Field(7), Field(8)], Field(9));
    }

    private static NetworkPlan WithStatic(NetworkPlan plan, string device, IPPrefix address, string gateway, uint metric)
    {
        plan = plan with
        {
            Addresses = [.. plan.Addresses, new AddressSpec { Address = address, LinkName = device, AnnounceWithArp = true, Layer = ConfigLayer.Cmdline }],
        };
        return !AddressText.TryParse(gateway, out IPAddress? router) || (address.IsIPv6 && router.AddressFamily is AddressFamily.InterNetwork)
            ? plan
            : plan with
            {
                Routes =
                [
                    .. plan.Routes,
                    new RouteSpec
                    {
                        Family = address.Family,
                        Gateway = router,
                        OutLinkName = device,
                        OnLink = !address.Contains(router) && !router.IsIPv6LinkLocal,
                        Priority = metric,
                        Layer = ConfigLayer.Cmdline,
                    },
                ],
            };
    }

    private static NetworkPlan WithHostname(NetworkPlan plan, string name)
    {
        (string hostname, string domain) = HostnameRules.Split(name);
        return HostnameRules.IsLabel(hostname)
            ? plan with { Hostname = new HostnameSpec { Hostname = hostname, Domainname = domain, Layer = ConfigLayer.Cmdline } }
            : plan;
    }

    private static NetworkPlan WithServers(NetworkPlan plan, string[] dns, string ntp)
    {
        string[] valid = [.. dns.Where(d => AddressText.TryParse(d, out _))];
        return plan with
        {
            Resolvers = valid.Length == 0 ? plan.Resolvers : new ResolverSpec { DnsServers = [.. valid], Layer = ConfigLayer.Cmdline },
            TimeServers = AddressText.TryParse(ntp, out _) ? new TimeServerSpec { TimeServers = [ntp], Layer = ConfigLayer.Cmdline } : plan.TimeServers,
        };
    }

    private static int? PrefixLength(IPAddress address, string mask)
    {
        int most = address.AddressFamily is AddressFamily.InterNetwork ? 32 : 128;
        if (int.TryParse(mask, NumberStyles.None, CultureInfo.InvariantCulture, out int length))
        {
            return length <= most ? length : null;
        }

        if (mask.Length == 0)
        {
            return most == 128 ? 64 : 24;
        }

        if (!AddressText.TryParse(mask, out IPAddress? parsed) || parsed.AddressFamily is not AddressFamily.InterNetwork)
        {
            return null;
        }

        uint bits = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(parsed.GetAddressBytes());
        length = BitOperations.LeadingZeroCount(~bits);
        return length == 32 || bits << length == 0 ? length : null;
    }

    private static List<string> SplitFields(string value)
    {
        List<string> fields = [""];
        bool bracketed = false;
        foreach (char c in value)
        {
            switch (c)
            {
                case '[': bracketed = true; break;
                case ']': bracketed = false; break;
                case ':' when !bracketed: fields.Add(""); break;
                default: fields[^1] += c; break;
            }
        }

        return fields;
    }
}
