namespace Talos.Fleet.Protocol;

/// <summary>Names a node in topics and in the CommonName of its certificate.</summary>
public static class NodeId
{
    /// <summary>The longest id, in characters.</summary>
    public const int MaxLength = 64;

    /// <summary>How CommonNames of hubs begin; no node id does.</summary>
    public const string HubPrefix = "hub-";

    /// <summary>Whether this is a node id: 1 to 64 characters of <c>a-z 0-9 -</c>, and not the name of a hub.</summary>
    public static bool IsValid(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > MaxLength || IsHub(text))
        {
            return false;
        }

        foreach (char c in text)
        {
            if (c is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '-'))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a CommonName is the one of a hub.</summary>
    public static bool IsHub(ReadOnlySpan<char> commonName) => commonName.StartsWith(HubPrefix, StringComparison.Ordinal);
}
