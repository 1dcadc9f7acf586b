using System.Buffers.Binary;

namespace Talos.Ota.Bundle.Format;

/// <summary>The first 32 bytes of a bundle, little-endian. See ota/spec/bundle.md, section Header.</summary>
internal readonly record struct BundleHeader(int ManifestLength, int KeySetLength, int SignatureLength)
{
    public const int Size = 32;

    /// <summary>How many of its bytes are signed: all but the length of the signatures, so that one can be added.</summary>
    public const int SignedSize = 20;

    private const ushort Version = 1;

    /// <summary>Bytes before the chunk index.</summary>
    public int IndexOffset => Size + ManifestLength + SignatureLength + KeySetLength;

    private static ReadOnlySpan<byte> Magic => [0x89, (byte)'T', (byte)'E', (byte)'B', 0x0D, 0x0A, 0x1A, 0x0A];

    public static BundleHeader Parse(ReadOnlySpan<byte> data)
    {
        if (!data.StartsWith(Magic))
        {
            throw new BundleException(BundleProblem.NotABundle, "bundle: it does not begin with the magic bytes 89 54 45 42 0D 0A 1A 0A; is it a bundle?");
        }

        ushort version = BinaryPrimitives.ReadUInt16LittleEndian(data[8..]);
        if (version != Version)
        {
            throw new BundleException(BundleProblem.UnsupportedFormat, $"bundle: format version {version} is not known here, {Version} is; update the reader first");
        }

        int size = BinaryPrimitives.ReadUInt16LittleEndian(data[10..]);
        if (size != Size || data[24..Size].ContainsAnyExcept((byte)0))
        {
            throw BundleException.Malformed($"header: {size} bytes named, {Size} wanted with zeros from byte 24 on");
        }

        return new BundleHeader(
            Length(data[12..], "manifest", 1, BundleLimits.Manifest),
            Length(data[16..], "key set", 0, BundleLimits.KeySet),
            Length(data[20..], "signatures", 1, BundleLimits.Signatures));
    }

    public void Write(Span<byte> data)
    {
        data[..Size].Clear();
        Magic.CopyTo(data);
        BinaryPrimitives.WriteUInt16LittleEndian(data[8..], Version);
        BinaryPrimitives.WriteUInt16LittleEndian(data[10..], Size);
        BinaryPrimitives.WriteInt32LittleEndian(data[12..], ManifestLength);
        BinaryPrimitives.WriteInt32LittleEndian(data[16..], KeySetLength);
        BinaryPrimitives.WriteInt32LittleEndian(data[20..], SignatureLength);
    }

    private static int Length(ReadOnlySpan<byte> data, string what, int minimum, int maximum)
    {
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(data);
        return length >= minimum && length <= maximum
            ? (int)length
            : throw BundleException.Malformed($"header: {what} of {length} bytes, {minimum} to {maximum} are allowed");
    }
}
