using System.Net;
using System.Text;
using Talos.Config;
using Talos.Resources.Network;

namespace Talos.Network.Rules;

/// <summary>The texts of the network's files.</summary>
internal static class EtcFiles
{
    private const int MostNameservers = 3;

    /// <summary><c>/etc/resolv.conf</c>. Source: resolv.conf(5); the C library reads three servers.</summary>
    /// <param name="resolvers">Servers and domains.</param>
    /// <param name="ownDomain">Domain of the node; empty when it is not to be searched.</param>
    public static string ResolvConf(ResolverStatus resolvers, string ownDomain)
    {
        StringBuilder text = new();
        foreach (string server in resolvers.DnsServers.Take(MostNameservers))
        {
            text.Append("nameserver ").Append(server).Append('\n');
        }

        string[] domains = [.. resolvers.SearchDomains.Append(ownDomain).Where(d => d.Length > 0).Distinct()];
        if (domains.Length > 0)
        {
            text.Append("search ").AppendJoin(' ', domains).Append('\n');
        }

        return text.ToString();
    }

    /// <summary><c>/etc/hosts</c>. Source: hosts(5).</summary>
    /// <param name="hostname">Name of the node; null before it has one.</param>
    /// <param name="address">Address of the node; null before it has one.</param>
    /// <param name="extra">Lines of the machine config.</param>
    public static string Hosts(HostnameStatus? hostname, IPAddress? address, IEnumerable<StaticHost> extra)
    {
        StringBuilder text = new("127.0.0.1 localhost\n");
        if (hostname is not null)
        {
            text.Append(address ?? IPAddress.Parse("127.0.1.1")).Append(' ').Append(hostname.FullName);
            if (hostname.FullName != hostname.Hostname)
            {
                text.Append(' ').Append(hostname.Hostname);
            }

            text.Append('\n');
        }

        text.Append("::1 localhost ip6-localhost ip6-loopback\nff02::1 ip6-allnodes\nff02::2 ip6-allrouters\n");
        foreach (StaticHost host in extra)
        {
            text.Append(host.Address).Append(' ').AppendJoin(' ', host.Names).Append('\n');
        }

        return text.ToString();
    }
}
