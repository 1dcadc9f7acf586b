using System.Net;
using System.Net.Sockets;
using Talos.Pki;

namespace Talos.Trustd.Rules;

/// <summary>Which of the names that a node asks for are its own. See docs/adr/0014-names-that-trustd-issues.md.</summary>
internal static class NameRules
{
    /// <summary>More names than a node with many links has.</summary>
    public const int MostNames = 64;

    private const int MostNameLength = 253, MostLabelLength = 63;

    /// <summary>Parts the names into those that are issued and those that are not, each with the reason.</summary>
    /// <param name="wanted">What the request names.</param>
    /// <param name="peer">Where the connection comes from.</param>
    /// <param name="reserved">Names and addresses of control plane nodes.</param>
    /// <param name="holder">Who holds a name, when that is somebody else; null for nobody.</param>
    public static NameVerdict Judge(SubjectNames wanted, IPAddress peer, ReservedNames reserved, Func<string, string?> holder)
    {
        IPAddress own = Bare(peer);
        List<string> names = [];
        List<IPAddress> addresses = [];
        List<string> refused = [];
        foreach (IPAddress address in wanted.Addresses.Select(Bare).Distinct())
        {
            string text = address.ToString();
            Take(Objection(address, own, reserved) ?? (address.Equals(own) ? null : Held(holder(text))), text, () => addresses.Add(address));
        }

        foreach (string name in wanted.DnsNames.Select(Normal).Distinct(StringComparer.Ordinal))
        {
            Take(Objection(name, reserved) ?? Held(holder(name)), name, () => names.Add(name));
        }

        return new NameVerdict(new SubjectNames(names, addresses), refused);

        void Take(string? objection, string text, Action issue)
        {
            if (objection is null)
            {
                issue();
            }
            else
            {
                refused.Add($"{Shown(text)} ({objection})");
            }
        }
    }

    /// <summary>A name in its one spelling.</summary>
    public static string Normal(string name)
    {
        string lower = name.ToLowerInvariant();
        return lower.EndsWith('.') ? lower[..^1] : lower;
    }

    /// <summary>An address in its one spelling: IPv4 as IPv4, and without the name of a link.</summary>
    public static IPAddress Bare(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : new IPAddress(address.GetAddressBytes());

    private static string? Held(string? holder) => holder is null ? null : $"held by the node at {holder}";

    private static string? Objection(IPAddress address, IPAddress own, ReservedNames reserved)
    {
        foreach (IPAddress meant in Meanings(address))
        {
            string? kind = Kind(meant);
            if (kind is not null || reserved.Addresses.Contains(meant))
            {
                return kind ?? "of the control plane";
            }

            if (!meant.Equals(own) && IsLinkLocal(meant))
            {
                return "of one link, and not the one the request came over";
            }
        }

        return null;
    }

    private static string? Objection(string name, ReservedNames reserved)
    {
        string[] labels = name.Split('.');
        return name.Contains('*', StringComparison.Ordinal) ? "a wildcard"
            : name.Length > MostNameLength || !labels.All(IsLabel) ? "no host name"
            : labels[^1].All(char.IsAsciiDigit) || labels[^1].StartsWith("0x", StringComparison.Ordinal) ? "an address written as a name"
            : labels[^1] is "localhost" || name is "localhost.localdomain" ? "of every host"
            : reserved.Covers(name) ? "of the control plane"
            : null;
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= MostLabelLength && label[0] != '-' && label[^1] != '-' && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    /// <summary>The address, and an IPv4 address that it carries. Sources: RFC 4291, section 2.5.5; RFC 6052, section 2.1; RFC 3056, section 2.</summary>
    private static IEnumerable<IPAddress> Meanings(IPAddress address)
    {
        yield return address;
        if (address.AddressFamily is not AddressFamily.InterNetworkV6)
        {
            yield break;
        }

        byte[] bytes = address.GetAddressBytes();
        if (bytes.AsSpan(0, 12).IndexOfAnyExcept((byte)0) < 0 || bytes.AsSpan(0, 12).SequenceEqual((ReadOnlySpan<byte>)[0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0]))
        {
            yield return new IPAddress(bytes.AsSpan(12));
        }
        else if (bytes[0] == 0x20 && bytes[1] == 0x02)
        {
            yield return new IPAddress(bytes.AsSpan(2, 4));
        }
    }

    /// <summary>Why no single node can have it; null when one can.</summary>
    private static string? Kind(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        if (address.AddressFamily is AddressFamily.InterNetwork)
        {
            return bytes[0] switch
            {
                0 => "unspecified",
                127 => "of every host",
                >= 224 and <= 239 => "multicast",
                >= 240 => "reserved or broadcast",
                _ => null,
            };
        }

        return address.Equals(IPAddress.IPv6Any) ? "unspecified"
            : IPAddress.IsLoopback(address) ? "of every host"
            : address.IsIPv6Multicast ? "multicast"
            : null;
    }

    private static bool IsLinkLocal(IPAddress address) => address.AddressFamily is AddressFamily.InterNetworkV6
        ? address.IsIPv6LinkLocal
        : address.GetAddressBytes() is [169, 254, ..];

    // It may come from a stranger who knows the token, and goes into a log.
    private static string Shown(string text) =>
        string.Concat(text.Take(80).Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ':' or '*' ? c : '?'));
}

/// <summary>What a node gets.</summary>
/// <param name="Issued">The names that are its own.</param>
/// <param name="Refused">The others, each with the reason.</param>
internal sealed record NameVerdict(SubjectNames Issued, IReadOnlyList<string> Refused);
