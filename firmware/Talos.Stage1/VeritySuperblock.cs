using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Talos.Linux;

namespace Talos.Stage1;

/// <summary>The block between data and hash tree, to tell slots apart without a hash: the salt is made from the content.</summary>
/// <remarks>
/// Source: cryptsetup, lib/verity/verity.c, struct verity_sb: signature at 0, data blocks at 72, length of the salt at 80, salt at 88.
/// It decides only what is tried first; whether a root is genuine the kernel decides by its root hash.
/// </remarks>
internal static class VeritySuperblock
{
    private const int Length = 512;

    /// <summary>Whether a partition says that it holds this root. A partition that cannot be read does not.</summary>
    internal static bool Fits(string device, BootArguments arguments)
    {
        try
        {
            using SafeFileHandle handle = Descriptors.Open(device, OpenFlags.ReadOnly);
            byte[] block = new byte[Length];
            int read = RandomAccess.Read(handle, block, (long)arguments.DataBlocks * VerityTarget.BlockSize);
            return read == Length && Fits(block, arguments);
        }
        catch (IOException)
        {
            return false;
        }
    }

    internal static bool Fits(ReadOnlySpan<byte> block, BootArguments arguments)
    {
        int salt = BinaryPrimitives.ReadUInt16LittleEndian(block[80..]);
        return block.StartsWith("verity\0\0"u8)
            && BinaryPrimitives.ReadUInt64LittleEndian(block[72..]) == arguments.DataBlocks
            && salt <= 256
            && string.Equals(salt == 0 ? "-" : Convert.ToHexStringLower(block.Slice(88, salt)), arguments.Salt, StringComparison.OrdinalIgnoreCase);
    }
}
