using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Talos.Config;

/// <summary>
/// Addresses as people write them. The framework takes <c>010</c> for 8, <c>0x10</c> for 16 and <c>10.1</c> for 10.0.0.1, as the C
/// library does; others read 010 as 10. What two programs read differently is refused. Source: RFC 6943, section 3.1.1.
/// </summary>
public static class AddressText
{
    /// <summary>What is wrong with an address that <see cref="IsAmbiguous"/>, for messages.</summary>
    public const string Hint =
        "a part of an IPv4 address has no 0 and no 0x before its digits: some programs read it as octal or hexadecimal, others do not";

    /// <summary>Reads an address: four decimal parts without zeros before them, or IPv6.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        if (text is null || !text.Contains(':', StringComparison.Ordinal))
        {
            return text is not null && TryParseIPv4(text, out address);
        }

        string[] zoned = text.Split('%', 2);
        string digits = zoned[0];
        string tail = digits[(digits.LastIndexOf(':') + 1)..];
        return digits.All(c => char.IsAsciiHexDigit(c) || c is ':' or '.')
            && (!tail.Contains('.', StringComparison.Ordinal) || TryParseIPv4(tail, out _))
            && zoned is not [_, ""]
            && IPAddress.TryParse(text, out address)
            && address.AddressFamily is AddressFamily.InterNetworkV6;
    }

    /// <summary>Reads <c>address/length</c>.</summary>
    public static bool TryParsePrefix([NotNullWhen(true)] string? text, [NotNullWhen(true)] out IPAddress? address, out int length)
    {
        address = null;
        length = -1;
        return text?.Split('/') is [string before, string after]
            && TryParse(before, out address)
            && !HasZeroBefore(after)
            && int.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out length)
            && length <= (address.AddressFamily is AddressFamily.InterNetwork ? 32 : 128);
    }

    /// <summary>Whether a text may name a host: an address, or a name that nobody takes for a number.</summary>
    public static bool IsHost(string text)
    {
        if (TryParse(text, out _))
        {
            return true;
        }

        string last = text.TrimEnd('.');
        last = last[(last.LastIndexOf('.') + 1)..];
        return text.Length > 0 && !text.Any(char.IsControl) && !IsNumber(last);
    }

    /// <summary>Whether a host, <c>host:port</c> or URL names a host that everybody reads alike; a path names none and is no fault.</summary>
    public static bool HasPlainHost(string text) =>
        text.Length > 0 && !text.Any(char.IsControl) && Host(text) is var host && (host.Length == 0 || IsHost(host));

    /// <summary>
    /// Whether a text is, or has as host or prefix, an IPv4 address that programs read differently, alone or in a list with commas:
    /// <c>10.0.010.1</c>, <c>10.0.010.1:80</c>, <c>tcp://10.0.0x10.1</c>, <c>!10.010.0.0/16</c>.
    /// </summary>
    public static bool IsAmbiguous(string text) => text.Split(',').Select(item => Host(item.Trim())).Any(host =>
        host[(host.LastIndexOf(':') + 1)..].TrimEnd('.').Split('.') is { Length: 4 } parts && parts.All(IsNumber) && parts.Any(HasZeroBefore));

    /// <summary>The host of a URL, of <c>host:port</c>, or of a prefix, as it is written.</summary>
    internal static string Host(string text)
    {
        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        string rest = scheme < 0 ? text.TrimStart('!') : text[(scheme + 3)..];
        int end = rest.AsSpan().IndexOfAny("/?#");
        rest = end < 0 ? rest : rest[..end];
        rest = rest[(rest.LastIndexOf('@') + 1)..];
        if (rest.StartsWith('['))
        {
            int close = rest.IndexOf(']', StringComparison.Ordinal);
            return close < 0 ? rest[1..] : rest[1..close];
        }

        int colon = rest.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 || colon != rest.LastIndexOf(':') ? rest : rest[..colon];
    }

    private static bool TryParseIPv4(string text, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        string[] parts = text.Split('.');
        byte[] bytes = new byte[4];
        if (parts.Length != 4)
        {
            return false;
        }

        for (int i = 0; i < parts.Length; i++)
        {
            if (HasZeroBefore(parts[i]) || !byte.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out bytes[i]))
            {
                return false;
            }
        }

        address = new IPAddress(bytes);
        return true;
    }

    private static bool HasZeroBefore(string number) => number.Length > 1 && number[0] == '0';

    private static bool IsNumber(string text) =>
        text.Length > 0 && (text.All(char.IsAsciiDigit)
            || (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && text.Skip(2).All(char.IsAsciiHexDigit)));
}
