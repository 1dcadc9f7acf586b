using Talos.Ota.Delta;

namespace Talos.Ota.Bench;

/// <summary>Writes a target where it differs from what is there.</summary>
internal static class SlotWriter
{
    private const int Chunk = 256 * 1024;

    /// <summary>Writes the whole target.</summary>
    /// <returns>Bytes written.</returns>
    public static long Write(DeltaReader reader, FileStream slot)
    {
        byte[] made = new byte[Chunk];
        byte[] there = new byte[Chunk];
        long written = 0;
        long at = 0;
        for (int length; (length = reader.Read(made)) > 0; at += length)
        {
            int had = RandomAccess.Read(slot.SafeFileHandle, there.AsSpan(0, length), at);
            if (had != length || !there.AsSpan(0, length).SequenceEqual(made.AsSpan(0, length)))
            {
                RandomAccess.Write(slot.SafeFileHandle, made.AsSpan(0, length), at);
                written += length;
            }
        }

        slot.Flush(flushToDisk: true);
        return written;
    }
}
