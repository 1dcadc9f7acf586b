using System.Security.Cryptography;

namespace Talos.Pki;

/// <summary>One block of a PEM text. Source: RFC 7468.</summary>
internal sealed record PemBlock(string Label, byte[] Data)
{
    /// <summary>Every block of <paramref name="pem"/>, in order; text between blocks is skipped.</summary>
    public static IReadOnlyList<PemBlock> ReadAll(string pem)
    {
        List<PemBlock> blocks = [];
        ReadOnlySpan<char> rest = pem;
        while (PemEncoding.TryFind(rest, out PemFields fields))
        {
            byte[] data = new byte[fields.DecodedDataLength];
            if (!Convert.TryFromBase64Chars(rest[fields.Base64Data], data, out int written))
            {
                throw new PkiException($"PEM block {rest[fields.Label].ToString()}: broken base64");
            }

            blocks.Add(new PemBlock(rest[fields.Label].ToString(), data[..written]));
            rest = rest[fields.Location.End..];
        }

        return blocks;
    }
}
