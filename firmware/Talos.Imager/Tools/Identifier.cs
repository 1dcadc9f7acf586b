using System.Security.Cryptography;
using System.Text;

namespace Talos.Imager.Tools;

/// <summary>Identifiers that are the same for the same content, where a tool would take random ones.</summary>
internal static class Identifier
{
    /// <summary>A UUID of version 8 (own use) made from a hash of the text.</summary>
    /// <remarks>Source: RFC 9562, section 5.8.</remarks>
    public static Guid FromText(string text)
    {
        Span<byte> bytes = SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16);
        bytes[6] = (byte)(0x80 | (bytes[6] & 0x0F));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3F));
        return new Guid(bytes, bigEndian: true);
    }
}
