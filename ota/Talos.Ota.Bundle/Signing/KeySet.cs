using System.Buffers.Binary;
using System.Text.Json;
using Talos.Ota.Bundle.Format;
using Talos.Pki;

namespace Talos.Ota.Bundle;

/// <summary>A signed list of trust anchors and revoked certificates, numbered. See ota/spec/bundle.md, section Key set.</summary>
public sealed class KeySet
{
    private const int HeaderSize = 32;
    private const int SignedHeaderSize = 24;
    private const ushort Version = 1;
    private const int MaximumAnchors = 16;
    private const int MaximumRevoked = 256;

    private readonly byte[] _document;

    private KeySet(long sequence, byte[] message, byte[] document, IReadOnlyList<ChainSignature> signatures)
    {
        Sequence = sequence;
        Message = message;
        _document = document;
        Signatures = signatures;
    }

    /// <summary>Its number; a node never goes back to a lower one.</summary>
    public long Sequence { get; }

    internal byte[] Message { get; }

    internal IReadOnlyList<ChainSignature> Signatures { get; }

    private static ReadOnlySpan<byte> Magic => [0x89, (byte)'T', (byte)'E', (byte)'K', 0x0D, 0x0A, 0x1A, 0x0A];

    private static ReadOnlySpan<byte> Context => "talos.ota.keyset.v1\0"u8;

    /// <summary>Makes a key set and signs it.</summary>
    /// <param name="sequence">More than that of the set before.</param>
    /// <param name="issued">When it was made.</param>
    /// <param name="anchorsPem">All anchors from then on.</param>
    /// <param name="revokedSerials">Serial numbers of revoked certificates, in lower-case hexadecimal digits.</param>
    /// <param name="revokedKeyIds">Ids of revoked keys, in lower-case hexadecimal digits.</param>
    /// <param name="signers">Signers the nodes trust so far.</param>
    public static byte[] Create(long sequence, DateTimeOffset issued, string anchorsPem, IReadOnlyList<string> revokedSerials, IReadOnlyList<string> revokedKeyIds, IReadOnlyList<BundleSigner> signers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sequence, 1);
        KeySetDocument content = new()
        {
            Issued = issued,
            Anchors = [.. SigningCertificate.DecodePem(anchorsPem).Select(a => a.Der.ToArray())],
            Revoked = [.. revokedSerials.Select(s => new RevokedDocument { Serial = s }), .. revokedKeyIds.Select(k => new RevokedDocument { KeyId = k })],
        };
        byte[] document = JsonSerializer.SerializeToUtf8Bytes(content, BundleJson.Default.KeySetDocument);
        byte[] header = new byte[HeaderSize];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), Version);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(10), HeaderSize);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(12), document.Length);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(16), sequence);
        byte[] message = MessageOf(header, document);
        byte[] signatures = SignatureBlock.Write(signers.Select(s => SignatureBlock.Sign(message, s)));
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(24), signatures.Length);
        byte[] keySet = [.. header, .. document, .. signatures];
        Parse(keySet).Read();
        return keySet;
    }

    /// <summary>Reads the frame; the document itself is read only once its signature was found good.</summary>
    internal static KeySet Parse(ReadOnlySpan<byte> data)
    {
        if (data.Length is < HeaderSize or > BundleLimits.KeySet || !data.StartsWith(Magic))
        {
            throw BundleException.Malformed($"key set: {data.Length} bytes that do not begin with its magic bytes; {HeaderSize} to {BundleLimits.KeySet} are allowed");
        }

        ushort version = BinaryPrimitives.ReadUInt16LittleEndian(data[8..]);
        if (version != Version)
        {
            throw new BundleException(BundleProblem.UnsupportedFormat, $"bundle: key set of format version {version} is not known here, {Version} is");
        }

        uint document = BinaryPrimitives.ReadUInt32LittleEndian(data[12..]);
        long sequence = BinaryPrimitives.ReadInt64LittleEndian(data[16..]);
        uint signatures = BinaryPrimitives.ReadUInt32LittleEndian(data[24..]);
        if (BinaryPrimitives.ReadUInt16LittleEndian(data[10..]) != HeaderSize || data[28..HeaderSize].ContainsAnyExcept((byte)0)
            || sequence < 1 || (long)document + signatures != data.Length - HeaderSize)
        {
            throw BundleException.Malformed($"key set: header of sequence {sequence} with a document of {document} and signatures of {signatures} bytes does not fit {data.Length} bytes");
        }

        byte[] stored = data.Slice(HeaderSize, (int)document).ToArray();
        return new KeySet(sequence, MessageOf(data[..HeaderSize], stored), stored, SignatureBlock.Parse(data[(HeaderSize + (int)document)..]));
    }

    internal (IReadOnlyList<SigningCertificate> Anchors, IReadOnlyList<string> Serials, IReadOnlyList<string> Keys) Read()
    {
        try
        {
            KeySetDocument document = JsonSerializer.Deserialize(_document, BundleJson.Default.KeySetDocument)
                ?? throw BundleException.Malformed("key set: it is null");
            if (document.Anchors.Count is 0 or > MaximumAnchors || document.Revoked.Count > MaximumRevoked)
            {
                throw BundleException.Malformed($"key set: {document.Anchors.Count} anchors and {document.Revoked.Count} revoked, 1 to {MaximumAnchors} and 0 to {MaximumRevoked} are allowed");
            }

            if (document.Revoked.Any(r => r is null || (r.Serial is null) == (r.KeyId is null)))
            {
                throw BundleException.Malformed("key set: what is revoked is named by either serial or keyId");
            }

            SigningCertificate[] anchors = [.. document.Anchors.Select(a => SigningCertificate.Decode(a))];
            return anchors.All(a => a.IsAuthority)
                ? (anchors, [.. document.Revoked.Select(r => r.Serial).OfType<string>()], [.. document.Revoked.Select(r => r.KeyId).OfType<string>()])
                : throw BundleException.Malformed("key set: an anchor is no certificate authority");
        }
        catch (Exception e) when (e is JsonException or PkiException)
        {
            throw new BundleException(BundleProblem.Malformed, "bundle: key set", e);
        }
    }

    private static byte[] MessageOf(ReadOnlySpan<byte> header, ReadOnlySpan<byte> document) => [.. Context, .. header[..SignedHeaderSize], .. document];
}
