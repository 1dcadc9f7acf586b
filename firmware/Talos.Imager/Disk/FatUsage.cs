using System.Buffers.Binary;

namespace Talos.Imager.Disk;

/// <summary>Finds how much of a FAT32 counts: head, all tables, and the clusters up to the last used one.</summary>
/// <remarks>
/// An entry of a table that is zero means that its cluster is free, so tables count whatever they hold: entries of a former
/// file system that stay there are clusters that nobody owns.
/// Source: Microsoft, FAT32 File System Specification 1.03, sections 3 and 4.
/// </remarks>
internal static class FatUsage
{
    private const int FirstCluster = 2;
    private const uint EntryMask = 0x0FFF_FFFF;

    /// <summary>Reads it.</summary>
    /// <param name="image">The image.</param>
    /// <param name="offset">Where the file system begins.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Bytes from the begin on.</returns>
    /// <exception cref="ImagerException">It is no FAT32.</exception>
    public static async Task<long> MeasureAsync(Stream image, long offset, CancellationToken ct)
    {
        byte[] boot = new byte[512];
        image.Position = offset;
        await image.ReadExactlyAsync(boot, ct);
        int sector = BinaryPrimitives.ReadUInt16LittleEndian(boot.AsSpan(11));
        int cluster = boot[13] * sector;
        long reserved = BinaryPrimitives.ReadUInt16LittleEndian(boot.AsSpan(14)) * (long)sector;
        int tables = boot[16];
        long table = BinaryPrimitives.ReadUInt32LittleEndian(boot.AsSpan(36)) * (long)sector;
        if (boot[510] != 0x55 || boot[511] != 0xAA || sector is not (512 or 1024 or 2048 or 4096) || cluster == 0 || tables is 0 or > 4 || table is 0 or > 1L << 30)
        {
            throw new ImagerException($"EFI partition at {offset}: no FAT32 (sectors of {sector} bytes, {tables} tables of {table} bytes)");
        }

        byte[] entries = new byte[table];
        image.Position = offset + reserved;
        await image.ReadExactlyAsync(entries, ct);
        long last = FirstCluster - 1;
        for (int i = FirstCluster; i < table / 4; i++)
        {
            last = (BinaryPrimitives.ReadUInt32LittleEndian(entries.AsSpan(i * 4)) & EntryMask) == 0 ? last : i;
        }

        return reserved + (tables * table) + ((last - FirstCluster + 1) * cluster);
    }
}
