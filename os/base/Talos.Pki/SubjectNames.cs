using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Talos.Pki;

/// <summary>What a server answers to: the subject alternative names of its certificate.</summary>
/// <param name="DnsNames">Host names.</param>
/// <param name="Addresses">IP addresses.</param>
public sealed record SubjectNames(IReadOnlyList<string> DnsNames, IReadOnlyList<IPAddress> Addresses)
{
    /// <summary>No name and no address.</summary>
    public static SubjectNames None { get; } = new([], []);

    /// <summary>True when there is neither a name nor an address.</summary>
    public bool IsEmpty => DnsNames.Count == 0 && Addresses.Count == 0;

    /// <summary>Sorts texts into addresses and names; empty ones and repetitions are left out.</summary>
    public static SubjectNames Parse(IEnumerable<string> texts)
    {
        List<string> names = [];
        List<IPAddress> addresses = [];
        foreach (string text in texts.Where(t => t.Length > 0).Distinct(StringComparer.Ordinal))
        {
            if (IPAddress.TryParse(text, out IPAddress? address))
            {
                addresses.Add(address);
            }
            else
            {
                names.Add(text);
            }
        }

        return new SubjectNames(names, addresses);
    }

    /// <param name="critical">True when the subject itself is empty. Source: RFC 5280, section 4.2.1.6.</param>
    internal X509Extension ToExtension(bool critical)
    {
        SubjectAlternativeNameBuilder builder = new();
        foreach (string name in DnsNames)
        {
            builder.AddDnsName(name);
        }

        foreach (IPAddress address in Addresses)
        {
            builder.AddIpAddress(address);
        }

        return builder.Build(critical);
    }

    internal static SubjectNames FromExtension(byte[] data)
    {
        X509SubjectAlternativeNameExtension extension = new(data);
        return new SubjectNames([.. extension.EnumerateDnsNames()], [.. extension.EnumerateIPAddresses()]);
    }
}
