using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Talos.Machined.Configuration;

/// <summary>The stored form of a config: a comment line with length and checksum, then the text.</summary>
/// <remarks>A config cut off at the end of a line can still be valid YAML; the checksum tells. A file without the line is taken as it is.</remarks>
internal static class ConfigEnvelope
{
    private const string Mark = "# talos-config sha256:";

    /// <summary>Wraps a config.</summary>
    public static byte[] Wrap(string yaml)
    {
        byte[] text = Encoding.UTF8.GetBytes(yaml);
        string line = string.Create(CultureInfo.InvariantCulture, $"{Mark}{Convert.ToHexStringLower(SHA256.HashData(text))} bytes:{text.Length}\n");
        return [.. Encoding.UTF8.GetBytes(line), .. text];
    }

    /// <summary>Takes the text out; false with the reason when it is not what was wrapped.</summary>
    public static bool TryUnwrap(ReadOnlySpan<byte> stored, out ReadOnlySpan<byte> text, out string problem)
    {
        text = stored;
        problem = "";
        if (stored.Length == 0)
        {
            problem = "the file is empty";
            return false;
        }

        if (!stored.StartsWith(Encoding.UTF8.GetBytes(Mark)))
        {
            return true;
        }

        int end = stored.IndexOf((byte)'\n');
        if (end < 0)
        {
            problem = "the file ends in its first line";
            return false;
        }

        text = stored[(end + 1)..];
        string wanted = string.Create(
            CultureInfo.InvariantCulture, $"{Mark}{Convert.ToHexStringLower(SHA256.HashData(text))} bytes:{text.Length}");
        if (Encoding.UTF8.GetString(stored[..end]) != wanted)
        {
            problem = $"the checksum does not match its {text.Length} bytes";
            return false;
        }

        return true;
    }
}
