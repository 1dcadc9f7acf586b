using System.Diagnostics;
using System.Globalization;
using System.Net;
using Talos.Pki;

namespace Talos.Config;

/// <summary>What single values must be, by the names the schema texts use.</summary>
internal static class ScalarRules
{
    private const string ZeroHint = ": a 0 before the digits is octal for some programs; write it without, or 0o before an octal number";

    private static readonly Dictionary<string, ScalarType> Types = new ScalarType[]
    {
        new("string", _ => null),
        new("target", Rule("an address, a host or a URL", t => !AddressText.IsAmbiguous(t))),
        new("proxy", Rule(
            "a value for an environment variable", t => !t.Contains("://", StringComparison.Ordinal) || !AddressText.IsAmbiguous(t))),
        new("host", Rule("a host name or an IP address", AddressText.HasPlainHost)),
        new("kernelarg", n =>
            n.Text.StartsWith("ip=", StringComparison.Ordinal) && IpFields(n.Text).FirstOrDefault(AddressText.IsAmbiguous) is { } field
            ? $"'{ScalarNode.Shorten(field)}' is not an IP address: {AddressText.Hint}"
            : null),
        new("name", Rule("a text that is not empty", t => t.Length > 0 && !t.Any(char.IsControl))),
        new("bool", n => n.Boolean is null ? "true or false is wanted" : null),
        new("int", n => Between(long.MinValue, long.MaxValue).Check(n)),
        new("duration", Rule("a duration such as 30s, 5m or 1h30m", t => Durations.TryParse(t, out _))),
        new("ip", Rule("an IP address", t => TryAddress(t, out _))),
        new("cidr", Rule("a network such as 10.0.0.0/8", t => TryCidr(t, out _, out _))),
        new("network", Rule(
            "a network such as 10.0.0.0/8 without bits behind its prefix", t => TryCidr(t, out _, out _) && IPNetwork.TryParse(t, out _))),
        new("address", Rule("an address such as 10.0.0.2/24", t => TryCidr(t, out _, out _) || TryAddress(t, out _))),
        new("url", Rule("a URL such as https://example.org:6443", IsUrl)),
        new("logurl", Rule("a URL such as tcp://10.0.0.9:514 or udp://10.0.0.9:514",
            t => IsUrl(t) && new Uri(t) is { Scheme: "tcp" or "udp", Port: > 0 })),
        new("base64", Rule("base64", IsBase64)),
        new("crt", CertificateProblem),
        new("key", KeyProblem),
        new("size", Rule("a size such as 512MiB, 10GB or 80%", t => !HasZeroBefore(LeadingDigits(t)) && (Sizes.TryParse(t, out _) || IsPercent(t)))),
        new("table", Rule("the name or the number of a routing table", t => !HasZeroBefore(t))),
        new("hostname", Rule("a host name of letters, digits, - and ., at most 253 characters", IsHostname)),
        new("label", Rule("one DNS label: letters, digits and -, at most 63 characters", t => IsLabel(t))),
        new("mac", Rule("a hardware address such as 02:00:00:00:00:01", IsMac)),
        new("mode", Rule("permission bits in octal such as 0o644", t => Mode(t) is not null)),
        new("path", Rule("an absolute path without ..", IsPath)),
        new("link", Rule("a link name of 1 to 15 characters without / and blanks", IsLinkName)),
        new("hex", Rule("hexadecimal digits", t => t.Length > 0 && t.All(c => char.IsAsciiHexDigit(c) || c == ':'))),
        new("kernelkey", Rule("a dotted name such as net.ipv4.ip_forward", IsKernelKey)),
    }.ToDictionary(t => t.Name, StringComparer.Ordinal);

    public static ScalarType Named(string name) =>
        Types.TryGetValue(name, out ScalarType? type) ? type : throw new UnreachableException($"scalar type {name}");

    public static ScalarType OneOf(string[] values) =>
        new("enum", n => values.Contains(n.Text, StringComparer.Ordinal) ? null : $"'{ScalarNode.Shorten(n.Text)}' is none of {string.Join(", ", values)}");

    public static ScalarType Between(long least, long greatest) => new("int", n => Integer(n.Text) switch
    {
        null => $"'{ScalarNode.Shorten(n.Text)}' is not a whole number{(HasZeroBefore(n.Text) ? ZeroHint : "")}",
        long value when value < least => $"{value} is less than {least}",
        long value when value > greatest => $"{value} is more than {greatest}",
        _ => null,
    });

    /// <summary>
    /// A whole number in decimal, 0x, 0o or 0b, with _ between digits; null for anything else. A 0 before decimal digits is
    /// refused: YAML 1.1 reads it as octal, YAML 1.2 as decimal.
    /// </summary>
    public static long? Integer(string text)
    {
        if (HasZeroBefore(text))
        {
            return null;
        }

        string digits = text.Replace("_", "", StringComparison.Ordinal);
        if (digits.Length > 2 && digits[0] == '0')
        {
            (NumberStyles? style, int radix) = digits[1] switch
            {
                'x' => ((NumberStyles?)NumberStyles.AllowHexSpecifier, 16),
                'b' => (NumberStyles.AllowBinarySpecifier, 2),
                'o' => (null, 8),
                _ => (null, 0),
            };
            if (style is NumberStyles known)
            {
                return long.TryParse(digits.AsSpan(2), known, CultureInfo.InvariantCulture, out long value) && value >= 0 ? value : null;
            }

            if (radix == 8)
            {
                return Octal(digits.AsSpan(2));
            }
        }

        return long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null;
    }

    /// <summary>Permission bits: octal with or without 0 or 0o before, as upstream's configs write them; null for anything else.</summary>
    public static int? Mode(string text)
    {
        ReadOnlySpan<char> digits = text.StartsWith("0o", StringComparison.Ordinal) ? text.AsSpan(2) : text;
        return Octal(digits) is long mode and >= 0 and <= 0xfff ? (int)mode : null;
    }

    public static bool TryCidr(string text, out IPAddress address, out int prefixLength)
    {
        bool read = AddressText.TryParsePrefix(text, out IPAddress? parsed, out prefixLength);
        address = parsed ?? IPAddress.None;
        return read;
    }

    public static bool TryAddress(string text, out IPAddress address)
    {
        bool read = AddressText.TryParse(text, out IPAddress? parsed);
        address = parsed ?? IPAddress.None;
        return read;
    }

    private static Func<ScalarNode, string?> Rule(string wanted, Func<string, bool> accepts) => n => accepts(n.Text)
        ? null
        : $"'{ScalarNode.Shorten(n.Text)}' is not {wanted}{(AddressText.IsAmbiguous(n.Text) ? $": {AddressText.Hint}" : "")}";

    private static string LeadingDigits(string text) => new([.. text.TakeWhile(char.IsAsciiDigit)]);

    private static bool HasZeroBefore(string number)
    {
        string digits = number.TrimStart('+', '-');
        return digits.Length > 1 && digits[0] == '0' && digits.All(c => char.IsAsciiDigit(c) || c == '_');
    }

    /// <summary>The fields of <c>ip=</c>; colons in brackets part none.</summary>
    private static IEnumerable<string> IpFields(string argument)
    {
        int depth = 0;
        int start = 3;
        for (int at = 3; at <= argument.Length; at++)
        {
            char c = at < argument.Length ? argument[at] : ':';
            depth += c == '[' ? 1 : c == ']' ? -1 : 0;
            if (at == argument.Length || (c == ':' && depth <= 0))
            {
                yield return argument[start..at].Trim('[', ']');
                start = at + 1;
            }
        }
    }

    private static long? Octal(ReadOnlySpan<char> digits)
    {
        long value = 0;
        foreach (char digit in digits)
        {
            if (digit is < '0' or > '7' || value > long.MaxValue >> 3)
            {
                return null;
            }

            value = (value << 3) + (digit - '0');
        }

        return digits.Length > 0 ? value : null;
    }

    private static bool IsUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme.Length > 0 && (url.Host.Length > 0 || url.IsFile)
        && text.Contains("://", StringComparison.Ordinal) && (url.IsFile || IsUrlHost(url, AddressText.Host(text)));

    /// <summary>Whether a host is read by everybody as the framework reads it.</summary>
    private static bool IsUrlHost(Uri url, string written) => url.HostNameType switch
    {
        UriHostNameType.IPv4 or UriHostNameType.IPv6 => AddressText.TryParse(written, out _),
        _ => AddressText.IsHost(written) && AddressText.IsHost(url.Host),
    };

    private static bool IsBase64(string text) => text.Length > 0 && Decode(text) is not null;

    private static byte[]? Decode(string text)
    {
        byte[] buffer = new byte[text.Length];
        return Convert.TryFromBase64String(text, buffer, out int length) ? buffer[..length] : null;
    }

    private static string? CertificateProblem(ScalarNode node) => PemProblem(node, pem =>
    {
        foreach (var certificate in Certificates.ReadBundle(pem))
        {
            certificate.Dispose();
        }
    });

    private static string? KeyProblem(ScalarNode node) =>
        node.Text.Length == 0 ? null : PemProblem(node, pem => PrivateKey.FromPem(pem));

    private static string? PemProblem(ScalarNode node, Action<string> read)
    {
        if (Decode(node.Text) is not byte[] pem)
        {
            return "not base64 of a PEM text";
        }

        try
        {
            read(System.Text.Encoding.Latin1.GetString(pem));
            return null;
        }
        catch (PkiException e)
        {
            return e.InnerException is null ? e.Message : $"{e.Message}: {e.InnerException.Message}";
        }
    }

    private static bool IsPercent(string text) =>
        text.EndsWith('%') && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int value)
        && value is > 0 and <= 100;

    private static bool IsHostname(string text) =>
        text.Length is > 0 and <= 253 && text.Split('.').All(IsLabel);

    private static bool IsLabel(string text) =>
        text.Length is > 0 and <= 63 && text[0] != '-' && text[^1] != '-' && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    private static bool IsMac(string text) =>
        text.Length == 17 && text.Split(':', '-') is { Length: 6 } parts && parts.All(p => p.Length == 2 && p.All(char.IsAsciiHexDigit));

    private static bool IsPath(string text) =>
        text.StartsWith('/') && !text.Contains('\0', StringComparison.Ordinal) && !text.Split('/').Contains("..");

    private static bool IsLinkName(string text) =>
        text.Length is > 0 and <= 15 && text is not ("." or "..") && !text.Any(c => c is '/' or ':' || char.IsWhiteSpace(c) || char.IsControl(c));

    private static bool IsKernelKey(string text) =>
        text.Length > 0 && !text.Any(char.IsControl) && !text.Split('.', '/').Any(p => p.Length == 0 || p == "..");
}
