using System.Security.Cryptography;
using System.Text;

namespace Talos.Network.Rules;

/// <summary>What a host name may be, and the one a node has when nobody names it.</summary>
internal static class HostnameRules
{
    private const string Letters = "0123456789abcdefghijklmnopqrstuvwxyz";
    private const int LongestLabel = 63;
    private const int LongestDomain = 253;

    /// <summary>Whether <paramref name="name"/> is one DNS label in lower case. Source: RFC 1123, section 2.1.</summary>
    public static bool IsLabel(string name) =>
        name.Length is > 0 and <= LongestLabel && name[0] != '-' && name[^1] != '-'
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    /// <summary>Whether <paramref name="name"/> is a DNS domain, in any case.</summary>
    public static bool IsDomain(string name) =>
        name.Length is > 0 and <= LongestDomain && name.ToLowerInvariant().Split('.').All(label => IsLabel(label.Replace('_', 'x')));

    /// <summary>The first label of a name in lower case; empty when it is no valid label.</summary>
    public static string FirstLabel(string name)
    {
        string label = name.ToLowerInvariant().Split('.', 2)[0];
        return IsLabel(label) && label != "localhost" ? label : "";
    }

    /// <summary>Parts a name at its first dot; the domain is empty when it has none or it is not valid.</summary>
    public static (string Hostname, string Domain) Split(string name)
    {
        string[] parts = name.ToLowerInvariant().TrimEnd('.').Split('.', 2);
        return (parts[0], parts.Length > 1 && IsDomain(parts[1]) ? parts[1] : "");
    }

    /// <summary>A name that is always the same for the same hardware: <c>talos-</c> and five letters or digits.</summary>
    public static string Stable(string identity)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes("talos-hostname:" + identity));
        return "talos-" + string.Concat(hash.Take(5).Select(b => Letters[b % Letters.Length]));
    }
}
