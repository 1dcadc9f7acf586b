using System.Net;
using System.Net.Sockets;

namespace Talos.Config;

/// <summary>Merges <c>machine.network</c> and the network documents.</summary>
internal sealed class NetworkReader(DocumentSet documents, View network, List<ConfigProblem> problems, List<string> warnings)
{
    private readonly RouteChecks _routes = new(problems, warnings);

    public NetworkConfiguration Read()
    {
        View hostname = documents.One("HostnameConfig");
        View resolver = documents.One("ResolverConfig");
        CheckHostname(hostname);
        List<LinkConfiguration> links = Links();
        _routes.CheckMetrics();
        return new NetworkConfiguration
        {
            Hostname = hostname.Text("hostname", network.Text("hostname")),
            AutoHostname = hostname.Text("auto") != "off",
            Links = links,
            Nameservers = resolver.Has("nameservers")
                ? [.. resolver.Maps("nameservers").Select(n => n.Address("address")).OfType<IPAddress>()]
                : [.. network.Texts("nameservers").Select(t => Address(t, null).Address)],
            SearchDomains = resolver.Map("searchDomains").Has("domains")
                ? resolver.Map("searchDomains").Texts("domains")
                : network.Texts("searchDomains"),
            DisableSearchDomain = resolver.Map("searchDomains").Flag("disableDefault", network.Flag("disableSearchDomain", false)),
            ExtraHosts =
            [
                .. network.Maps("extraHostEntries").Select(e => new StaticHost(e.Address("ip")!, e.Texts("aliases"))),
                .. documents.All("StaticHostConfig").Select(e => new StaticHost(e.Address("name")!, e.Texts("hostnames"))),
            ],
        };
    }

    private void CheckHostname(View hostname)
    {
        CheckOwnName("HostnameConfig/hostname", hostname);
        CheckOwnName("machine.network.hostname", network);
        if (hostname.Has("hostname") && network.Has("hostname"))
        {
            Add("HostnameConfig/hostname", hostname.Line("hostname"), "machine.network.hostname is set too; keep one of them");
        }

        if (hostname.Has("hostname") && hostname.Text("auto") is "stable")
        {
            Add("HostnameConfig/auto", hostname.Line("auto"), "hostname is set too; keep one of them");
        }
    }

    /// <summary>A node of this name would answer for itself only: the name stands for the loopback address. Source: RFC 6761, section 6.3.</summary>
    private void CheckOwnName(string path, View view)
    {
        string name = view.Text("hostname").TrimEnd('.').ToLowerInvariant();
        if (name == "localhost" || name.StartsWith("localhost.", StringComparison.Ordinal) || name.EndsWith(".localhost", StringComparison.Ordinal))
        {
            Add(path, view.Line("hostname"), $"'{name}' names every machine itself; give the node a name of its own");
        }
    }

    private List<LinkConfiguration> Links()
    {
        List<LinkConfiguration> links = [];
        IReadOnlyList<View> interfaces = network.Maps("interfaces");
        for (int i = 0; i < interfaces.Count; i++)
        {
            links.Add(Interface(interfaces[i], $"machine.network.interfaces[{i}]"));
        }

        CheckTwice(links);
        foreach (View document in documents.All("LinkConfig"))
        {
            Merge(links, document, LinkDocument);
        }

        foreach (View document in documents.All("DHCPv4Config"))
        {
            Merge(links, document, (link, d) => link with { Dhcp4 = DhcpDocument(d) });
        }

        return links;
    }

    private LinkConfiguration Interface(View view, string path)
    {
        View selector = view.Map("deviceSelector");
        if (view.Has("interface") == selector.IsPresent)
        {
            Add($"{path}.interface", view.Line("interface"), "either interface or deviceSelector is wanted");
        }

        View dhcp = view.Map("dhcpOptions");
        DhcpConfiguration? options = view.Flag("dhcp", false)
            ? new DhcpConfiguration { RouteMetric = (uint?)dhcp.Number("routeMetric"), DuidRaw = dhcp.Text("duidv6") }
            : null;
        List<string> addresses = [.. view.Texts("addresses")];
        if (view.Has("cidr"))
        {
            addresses.Add(view.Text("cidr"));
        }

        return new LinkConfiguration
        {
            Name = view.Text("interface"),
            Selector = selector.IsPresent ? Selector(selector) : null,
            Ignore = view.Flag("ignore", false),
            Mtu = (int?)view.Number("mtu"),
            Addresses = [.. addresses.Select(a => Address(a, null))],
            Routes = view.Flag("ignore", false) ? [] : Routes(view, "network", path, view.Text("interface", path)),
            Dhcp4 = options is not null && dhcp.Flag("ipv4", true) ? options : null,
            Dhcp6 = options is not null && dhcp.Flag("ipv6", false) ? options : null,
        };
    }

    private LinkConfiguration LinkDocument(LinkConfiguration link, View document) => link with
    {
        Up = document.Flag("up") ?? link.Up,
        Mtu = (int?)document.Number("mtu") ?? link.Mtu,
        Addresses =
        [
            .. link.Addresses,
            .. document.Maps("addresses").Select(a => Address(a.Text("address"), (uint?)a.Number("routePriority"))),
        ],
        Routes = [.. link.Routes, .. Routes(document, "destination", $"LinkConfig({link.Name})/", link.Name)],
    };

    private static DhcpConfiguration DhcpDocument(View document) => new()
    {
        RouteMetric = (uint?)document.Number("routeMetric"),
        IgnoreHostname = document.Flag("ignoreHostname", false),
        IgnoreRoutes = document.Flag("ignoreRoutes", false),
        ClientIdentifier = document.Text("clientIdentifier"),
        DuidRaw = document.Text("duidRaw"),
    };

    private static void Merge(List<LinkConfiguration> links, View document, Func<LinkConfiguration, View, LinkConfiguration> apply)
    {
        string name = document.Text("name");
        int index = links.FindIndex(l => l.Name == name);
        if (index < 0)
        {
            links.Add(apply(new LinkConfiguration { Name = name }, document));
        }
        else
        {
            links[index] = apply(links[index], document);
        }
    }

    private void CheckTwice(List<LinkConfiguration> links)
    {
        foreach (IGrouping<string, LinkConfiguration> group in links.Where(l => l.Name.Length > 0).GroupBy(l => l.Name).Where(g => g.Count() > 1))
        {
            Add("machine.network.interfaces", network.Line("interfaces"), $"the interface {group.Key} is given {group.Count()} times");
        }
    }

    private List<LinkRoute> Routes(View view, string destinationField, string path, string link)
    {
        List<LinkRoute> routes = [];
        IReadOnlyList<View> listed = view.Maps("routes");
        for (int i = 0; i < listed.Count; i++)
        {
            View route = listed[i];
            LinkRoute made = new()
            {
                Destination = Destination(route.Text(destinationField)),
                Gateway = route.Address("gateway"),
                Source = route.Address("source"),
                Metric = (uint?)route.Number("metric"),
                Mtu = (int?)route.Number("mtu"),
                Table = route.Text("table"),
            };
            _routes.Check(made, link, path.EndsWith('/') ? $"{path}routes[{i}]" : $"{path}.routes[{i}]", route);
            routes.Add(made);
        }

        return routes;
    }

    /// <summary>The network; bits behind the prefix are cut off, and 0.0.0.0/0 and ::/0 are the default route of their family.</summary>
    private static IPNetwork? Destination(string text)
    {
        if (!ScalarRules.TryCidr(text, out IPAddress address, out int length))
        {
            return null;
        }

        byte[] bytes = address.GetAddressBytes();
        for (int bit = length; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return new IPNetwork(new IPAddress(bytes), length);
    }

    private static LinkAddress Address(string text, uint? priority)
    {
        if (ScalarRules.TryCidr(text, out IPAddress address, out int length))
        {
            return new LinkAddress(address, length, priority);
        }

        ScalarRules.TryAddress(text, out address);
        return new LinkAddress(address, address.AddressFamily is AddressFamily.InterNetwork ? 32 : 128, priority);
    }

    private static LinkSelector Selector(View view) => new()
    {
        BusPath = view.Text("busPath"),
        HardwareAddress = view.Text("hardwareAddr"),
        PermanentAddress = view.Text("permanentAddr"),
        PciId = view.Text("pciID"),
        Driver = view.Text("driver"),
        Physical = view.Flag("physical"),
    };

    private void Add(string path, int line, string message) => problems.Add(new ConfigProblem(path, line, message));
}
