using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Talos.Ota.Delta;

/// <summary>What a delta says of itself, before any of its content.</summary>
public sealed record DeltaHeader
{
    internal const int FixedSize = 112;

    private const int HashSize = SHA256.HashSizeInBytes;
    private const ushort Version = 1;

    /// <summary>Length of the image the delta starts from, in bytes.</summary>
    public required long BaseLength { get; init; }

    /// <summary>SHA-256 of the base.</summary>
    public required ReadOnlyMemory<byte> BaseHash { get; init; }

    /// <summary>Length of the image the delta makes, in bytes.</summary>
    public required long TargetLength { get; init; }

    /// <summary>SHA-256 of the target.</summary>
    public required ReadOnlyMemory<byte> TargetHash { get; init; }

    /// <summary>Level of zstd the target's blocks are packed with.</summary>
    internal int Level { get; init; }

    /// <summary>Compressed blocks of the base.</summary>
    internal int BaseBlocks { get; init; }

    /// <summary>Content of the largest compressed block of either image.</summary>
    internal int BlockSize { get; init; }

    /// <summary>Binary logarithm of the predictions each large model keeps.</summary>
    internal int TableBits { get; init; }

    /// <summary>Bytes from the start of the target that its hash tree covers; 0 when the tree is not computed.</summary>
    internal long VerityData { get; init; }

    /// <summary>Salt of the hash tree.</summary>
    internal ReadOnlyMemory<byte> Salt { get; init; }

    private static ReadOnlySpan<byte> Magic => "TALOSDLT"u8;

    /// <summary>Reads and checks the header.</summary>
    /// <exception cref="DeltaException">It is no delta, of another version, or beyond a limit.</exception>
    public static DeltaHeader Read(Stream delta)
    {
        ArgumentNullException.ThrowIfNull(delta);
        byte[] bytes = ReadExactly(delta, FixedSize);
        if (!bytes.AsSpan(0, 8).SequenceEqual(Magic))
        {
            throw new DeltaException("delta: it does not begin with TALOSDLT, so it is none");
        }

        if (BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(8)) is not Version and ushort version)
        {
            throw new DeltaException($"delta: format version {version}, this system reads {Version}; install the full image");
        }

        DeltaHeader header = new()
        {
            Level = bytes[10],
            BaseBlocks = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(12)),
            BaseLength = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(16)),
            BaseHash = bytes.AsMemory(24, HashSize),
            TargetLength = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(56)),
            TargetHash = bytes.AsMemory(64, HashSize),
            VerityData = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(96)),
            TableBits = bytes[104],
            BlockSize = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(108)),
            Salt = ReadExactly(delta, bytes[11]),
        };
        header.Check();
        return header;
    }

    internal byte[] Write()
    {
        byte[] bytes = new byte[FixedSize + Salt.Length];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), Version);
        bytes[10] = (byte)Level;
        bytes[11] = (byte)Salt.Length;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), BaseBlocks);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), BaseLength);
        BaseHash.CopyTo(bytes.AsMemory(24));
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(56), TargetLength);
        TargetHash.CopyTo(bytes.AsMemory(64));
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(96), VerityData);
        bytes[104] = (byte)TableBits;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(108), BlockSize);
        Salt.CopyTo(bytes.AsMemory(FixedSize));
        return bytes;
    }

    private void Check()
    {
        Limit("level of zstd", Level, 1, DeltaLimits.Level);
        Limit("number of blocks of the base", BaseBlocks, 0, DeltaLimits.BaseBlocks);
        Limit("length of the base", BaseLength, 0, DeltaLimits.ImageLength);
        Limit("length of the image", TargetLength, 0, DeltaLimits.ImageLength);
        Limit("size of a block", BlockSize, 0, DeltaLimits.BlockContent);
        Limit("bits of a table", TableBits, DeltaLimits.LeastTableBits, DeltaLimits.MostTableBits);
        Limit("data under the hash tree", VerityData, 0, Math.Min(DeltaLimits.VerityData, TargetLength));
        if (VerityData % Apply.VerityTree.BlockSize != 0)
        {
            throw new DeltaException($"delta: data under the hash tree: {VerityData} bytes are not a multiple of {Apply.VerityTree.BlockSize}; it is damaged");
        }
    }

    private static void Limit(string what, long value, long least, long most)
    {
        if (value < least || value > most)
        {
            throw new DeltaException($"delta: {what}: {value} is not within {least} to {most}; it is damaged, or made for a larger system");
        }
    }

    private static byte[] ReadExactly(Stream delta, int length)
    {
        byte[] bytes = new byte[length];
        return delta.ReadAtLeast(bytes, length, throwOnEndOfStream: false) == length
            ? bytes
            : throw new DeltaException($"delta: it ends within its header of {FixedSize} bytes and salt; fetch it again");
    }
}
