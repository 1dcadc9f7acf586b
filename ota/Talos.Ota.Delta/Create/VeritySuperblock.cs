using System.Buffers.Binary;
using Talos.Ota.Delta.Apply;

namespace Talos.Ota.Delta.Create;

/// <summary>A hash tree behind the data of an image that a node can compute by itself.</summary>
/// <param name="DataLength">Bytes from the start of the image it covers.</param>
/// <param name="Salt">Put before each block.</param>
/// <param name="TreeOffset">Of the tree in the image.</param>
/// <param name="TreeLength">Bytes of the tree.</param>
internal sealed record VeritySuperblock(long DataLength, byte[] Salt, long TreeOffset, int TreeLength)
{
    private const int Size = 512;
    private const int HashChunk = 1 << 20;

    /// <summary>Looks for a superblock of dm-verity behind the data; null when there is none, or the tree is not what would be computed.</summary>
    /// <param name="image">The image.</param>
    /// <param name="dataEnd">Bytes of the file system.</param>
    /// <param name="ct">Cancels.</param>
    /// <remarks>Source: cryptsetup, lib/verity/verity.c, struct verity_sb.</remarks>
    public static VeritySuperblock? Find(IBaseImage image, long dataEnd, CancellationToken ct)
    {
        long offset = (dataEnd + VerityTree.BlockSize - 1) / VerityTree.BlockSize * VerityTree.BlockSize;
        if (offset == 0 || offset > DeltaLimits.VerityData || image.Length < offset + VerityTree.BlockSize)
        {
            return null;
        }

        byte[] bytes = new byte[Size];
        image.ReadAt(offset, bytes);
        int salt = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(80));
        bool known = bytes.AsSpan(0, 8).SequenceEqual("verity\0\0"u8)
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8)) == 1
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(12)) == 1
            && bytes.AsSpan(32, 7).SequenceEqual("sha256\0"u8)
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(64)) == VerityTree.BlockSize
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(68)) == VerityTree.BlockSize
            && BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(72)) == offset / VerityTree.BlockSize
            && salt <= DeltaLimits.Salt;
        long tree = VerityTree.LengthFor(offset);
        if (!known || tree == 0 || offset + VerityTree.BlockSize + tree > image.Length)
        {
            return null;
        }

        VeritySuperblock found = new(offset, bytes[88..(88 + salt)], offset + VerityTree.BlockSize, (int)tree);
        return found.IsComputable(image, ct) ? found : null;
    }

    private bool IsComputable(IBaseImage image, CancellationToken ct)
    {
        VerityTree tree = new(DataLength, Salt);
        byte[] buffer = new byte[HashChunk];
        for (long at = 0; at < DataLength;)
        {
            ct.ThrowIfCancellationRequested();
            Span<byte> part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, DataLength - at));
            image.ReadAt(at, part);
            tree.Append(part);
            at += part.Length;
        }

        byte[] stored = new byte[TreeLength];
        image.ReadAt(TreeOffset, stored);
        return tree.Finish().AsSpan().SequenceEqual(stored);
    }
}
