using System.Globalization;
using Talos.Disks.Meta;
using Talos.Imager.Tools;

namespace Talos.Imager.Disk;

/// <summary>Writes a sparse disk image: partition table, EFI partition, raw contents. Nothing is mounted.</summary>
/// <param name="path">The image.</param>
/// <param name="layout">Where everything lies.</param>
internal sealed class DiskImage(string path, DiskLayout layout)
{
    private const int BufferSize = 1 << 20;

    /// <summary>A header and 128 entries.</summary>
    private const long TableLength = 33 * DiskPartition.SectorSize;

    /// <summary>Creates the image with its partition table, everything else empty.</summary>
    public async Task CreateAsync(CancellationToken ct)
    {
        await using (FileStream image = new(path, FileMode.CreateNew, FileAccess.Write))
        {
            image.SetLength(layout.Length);
        }

        List<string> arguments = ["-a", "1", "-U", layout.DiskId.ToString("D")];
        foreach (DiskPartition p in layout.Partitions)
        {
            string number = p.Number.ToString(CultureInfo.InvariantCulture);
            arguments.AddRange(
            [
                "-n", string.Create(CultureInfo.InvariantCulture, $"{p.Number}:{p.FirstSector}:{p.LastSector}"),
                "-t", $"{number}:{p.Type:D}", "-u", $"{number}:{p.Id:D}", "-c", $"{number}:{p.Label}",
            ]);
        }

        await Tool.RunAsync("sgdisk", [.. arguments, path], ct: ct);
    }

    /// <summary>Makes the FAT32 of the EFI partition and copies files into it.</summary>
    /// <param name="files">Path in the partition and file of the build host.</param>
    /// <param name="ct">Cancels.</param>
    public async Task WriteEfiAsync(IReadOnlyList<(string Path, string Source)> files, CancellationToken ct)
    {
        DiskPartition efi = layout[DiskLayout.Efi];
        long content = files.Sum(f => new FileInfo(f.Source).Length);
        if (content > efi.Length * 9 / 10)
        {
            throw new ImagerException($"EFI partition: files of {content} bytes do not fit into {efi.Length}");
        }

        string sector = efi.FirstSector.ToString(CultureInfo.InvariantCulture);
        string kibibytes = (efi.Length / 1024).ToString(CultureInfo.InvariantCulture);
        await Tool.RunAsync("mkfs.vfat", ["-F", "32", "-s", "2", "-i", Fat.Serial, "-n", DiskLayout.Efi, "--invariant", $"--offset={sector}", path, kibibytes], ct: ct);

        string drive = string.Create(CultureInfo.InvariantCulture, $"{path}@@{efi.Offset}");
        foreach (string folder in Folders(files.Select(f => f.Path)))
        {
            await Tool.RunAsync("mmd", ["-i", drive, "::/" + folder], environment: Fat.Environment, ct: ct);
        }

        foreach ((string target, string source) in files.OrderBy(f => f.Path, StringComparer.Ordinal))
        {
            await Tool.RunAsync("mcopy", ["-i", drive, source, "::/" + target], environment: Fat.Environment, ct: ct);
        }
    }

    /// <summary>Copies a file to the start of a partition; blocks of zeros stay holes.</summary>
    public async Task WriteRawAsync(string label, string source, CancellationToken ct)
    {
        DiskPartition partition = layout[label];
        await using FileStream input = File.OpenRead(source);
        if (input.Length > partition.Length)
        {
            throw new ImagerException($"partition {label}: {input.Length} bytes do not fit into {partition.Length}");
        }

        await using FileStream output = new(path, FileMode.Open, FileAccess.Write);
        byte[] buffer = new byte[BufferSize];
        for (long at = partition.Offset; ;)
        {
            int read = await input.ReadAtLeastAsync(buffer, BufferSize, throwOnEndOfStream: false, ct);
            if (read == 0)
            {
                return;
            }

            if (buffer.AsSpan(0, read).ContainsAnyExcept((byte)0))
            {
                output.Position = at;
                await output.WriteAsync(buffer.AsMemory(0, read), ct);
            }

            at += read;
        }
    }

    /// <summary>Writes META without values, both copies: what stood there in a former life of the medium is void, also to a writer that leaves zeros out.</summary>
    public async Task WriteMetaAsync(CancellationToken ct)
    {
        await using FileStream output = new(path, FileMode.Open, FileAccess.Write);
        foreach (Disks.DiskWrite write in MetaPartition.Plan(MetaBlock.Empty, MetaCondition.None))
        {
            output.Position = layout[DiskLayout.Meta].Offset + write.Offset;
            await output.WriteAsync(write.Data, ct);
        }
    }

    /// <summary>What a writer of the image must write whatever it holds: both partition tables, the used part of EFI, the root, META.</summary>
    /// <param name="rootLength">Bytes of the root with its hash tree.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<DiskExtent>> MustBeWrittenAsync(long rootLength, CancellationToken ct)
    {
        await using FileStream image = File.OpenRead(path);
        DiskPartition efi = layout[DiskLayout.Efi];
        return
        [
            new DiskExtent(0, TableLength + DiskPartition.SectorSize),
            new DiskExtent(efi.Offset, await FatUsage.MeasureAsync(image, efi.Offset, ct)),
            new DiskExtent(layout[DiskLayout.RootA].Offset, rootLength),
            new DiskExtent(layout[DiskLayout.Meta].Offset, layout[DiskLayout.Meta].Length),
            new DiskExtent(layout.Length - TableLength, TableLength),
        ];
    }

    private static SortedSet<string> Folders(IEnumerable<string> files)
    {
        SortedSet<string> folders = new(StringComparer.Ordinal);
        foreach (string file in files)
        {
            for (string? folder = Path.GetDirectoryName(file); !string.IsNullOrEmpty(folder); folder = Path.GetDirectoryName(folder))
            {
                folders.Add(folder);
            }
        }

        return folders;
    }
}
