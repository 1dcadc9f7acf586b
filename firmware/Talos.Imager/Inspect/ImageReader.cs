using System.Globalization;
using Talos.Disks.Gpt;
using Talos.Imager.Disk;
using Talos.Imager.Tools;
using Talos.Imager.Verity;
using Talos.Ota.Slots;
using Talos.Ota.Slots.Efi;

namespace Talos.Imager.Inspect;

/// <summary>Reads a disk image without mounting it.</summary>
/// <param name="path">The raw image.</param>
internal sealed class ImageReader(string path)
{
    private const int BufferSize = 1 << 20;

    /// <summary>The partition table.</summary>
    /// <exception cref="ImagerException">There is none.</exception>
    public GptTable Table()
    {
        using FileStream stream = File.OpenRead(path);
        return GptReader.TryRead(stream, DiskPartition.SectorSize)?.Table ?? throw new ImagerException($"{path}: neither a UKI nor a disk image with a GPT");
    }

    /// <summary>The UKIs of the EFI partition, by file name.</summary>
    public async Task<IReadOnlyList<(string Name, UkiReport Report)>> UkisAsync(GptTable table, CancellationToken ct)
    {
        string drive = string.Create(CultureInfo.InvariantCulture, $"{path}@@{Offset(Find(table, DiskLayout.Efi))}");
        string listing = await Tool.RunAsync("mdir", ["-b", "-i", drive, $"::/{EfiBootFile.Folder}"], environment: Fat.Environment, ct: ct);
        List<(string Name, UkiReport Report)> ukis = [];
        foreach (string line in listing.Split('\n').Where(l => l.EndsWith(".efi", StringComparison.OrdinalIgnoreCase)))
        {
            using MemoryStream content = new();
            await Tool.RunAsync("mtype", ["-i", drive, line], input: null, content, environment: Fat.Environment, ct: ct);
            string name = line[(line.LastIndexOf('/') + 1)..];
            ukis.Add((name, UkiReport.Read(name, content.GetBuffer().AsMemory(0, (int)content.Length))));
        }

        return ukis;
    }

    /// <summary>Compares every block of a slot's root with the root hash on the command line of its UKI.</summary>
    /// <param name="table">The partition table.</param>
    /// <param name="name">File name of the UKI, which says its slot.</param>
    /// <param name="uki">The UKI.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="ImagerException">A block differs, or the command line does not say what to compare with.</exception>
    public async Task VerifyAsync(GptTable table, string name, UkiReport uki, CancellationToken ct)
    {
        SlotId slot = EfiBootFile.TryParse(name)?.Slot.Id ?? throw new ImagerException($"{name}: its name says no slot");
        string hash = uki.Argument("talos.verity.roothash") ?? throw new ImagerException("UKI: no talos.verity.roothash on its command line");
        if (!long.TryParse(uki.Argument("talos.verity.datablocks"), NumberStyles.None, CultureInfo.InvariantCulture, out long blocks))
        {
            throw new ImagerException("UKI: no talos.verity.datablocks on its command line");
        }

        GptPartition partition = Find(table, $"ROOT-{slot}");
        string copy = Path.GetTempFileName();
        try
        {
            await CopyAsync(partition, copy, ct);
            await VerityFormat.VerifyAsync(copy, hash, blocks, ct);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    private static long Offset(GptPartition partition) => partition.FirstSector * DiskPartition.SectorSize;

    private GptPartition Find(GptTable table, string label) =>
        table.Find(label) ?? throw new ImagerException($"{path}: no partition {label}");

    // veritysetup reads a file from its start only.
    private async Task CopyAsync(GptPartition partition, string target, CancellationToken ct)
    {
        await using FileStream input = File.OpenRead(path);
        await using FileStream output = File.Create(target);
        input.Position = Offset(partition);
        byte[] buffer = new byte[BufferSize];
        for (long left = partition.Sectors * DiskPartition.SectorSize; left > 0;)
        {
            int read = await input.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, BufferSize)), ct);
            if (read == 0)
            {
                throw new ImagerException($"{path}: ends inside partition {partition.Label}");
            }

            await output.WriteAsync(buffer.AsMemory(0, read), ct);
            left -= read;
        }
    }
}
