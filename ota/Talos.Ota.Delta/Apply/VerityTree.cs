using System.Security.Cryptography;

namespace Talos.Ota.Delta.Apply;

/// <summary>Computes the hash tree of dm-verity (format 1, SHA-256, blocks of 4096 bytes) while the data passes by.</summary>
/// <remarks>Source: Linux, Documentation/admin-guide/device-mapper/verity.rst; cryptsetup, lib/verity/verity_hash.c.</remarks>
internal sealed class VerityTree
{
    /// <summary>Bytes of a block of data and of the tree.</summary>
    public const int BlockSize = 4096;

    private const int HashSize = SHA256.HashSizeInBytes;

    private readonly byte[] _salt;
    private readonly byte[] _salted;
    private readonly byte[] _leaves;
    private readonly long _dataLength;
    private long _seen;

    /// <param name="dataLength">Bytes the tree covers from the start of the image; a multiple of the block size.</param>
    /// <param name="salt">Put before each block.</param>
    public VerityTree(long dataLength, ReadOnlySpan<byte> salt)
    {
        _dataLength = dataLength;
        _salt = salt.ToArray();
        _salted = new byte[_salt.Length + BlockSize];
        _salt.CopyTo(_salted, 0);
        _leaves = new byte[dataLength / BlockSize * HashSize];
    }

    /// <summary>Bytes of the tree over so much data.</summary>
    public static long LengthFor(long dataLength)
    {
        long length = 0;
        for (long hashes = dataLength / BlockSize; hashes > 1;)
        {
            hashes = BlocksOf(hashes * HashSize);
            length += hashes * BlockSize;
        }

        return length;
    }

    /// <summary>Takes the next bytes of the image; those behind the data are passed over.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0 && _seen < _dataLength)
        {
            int into = (int)(_seen % BlockSize);
            int taken = Math.Min(bytes.Length, BlockSize - into);
            bytes[..taken].CopyTo(_salted.AsSpan(_salt.Length + into));
            _seen += taken;
            bytes = bytes[taken..];
            if (into + taken == BlockSize)
            {
                SHA256.HashData(_salted, _leaves.AsSpan((int)((_seen / BlockSize) - 1) * HashSize, HashSize));
            }
        }
    }

    /// <summary>The tree as it is stored: the top block first; null before all data has passed.</summary>
    public byte[]? Finish()
    {
        if (_seen < _dataLength)
        {
            return null;
        }

        byte[] tree = new byte[LengthFor(_dataLength)];
        byte[] hashes = _leaves;
        for (int end = tree.Length; end > 0;)
        {
            int blocks = (int)BlocksOf(hashes.Length);
            Span<byte> level = tree.AsSpan(end - (blocks * BlockSize), blocks * BlockSize);
            hashes.CopyTo(level);
            hashes = new byte[blocks * HashSize];
            for (int i = 0; i < blocks; i++)
            {
                level.Slice(i * BlockSize, BlockSize).CopyTo(_salted.AsSpan(_salt.Length));
                SHA256.HashData(_salted, hashes.AsSpan(i * HashSize, HashSize));
            }

            end -= level.Length;
        }

        return tree;
    }

    private static long BlocksOf(long bytes) => (bytes + BlockSize - 1) / BlockSize;
}
