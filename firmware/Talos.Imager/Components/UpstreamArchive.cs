using System.Formats.Tar;
using System.IO.Compression;

namespace Talos.Imager.Components;

/// <summary>Unpacks what upstream projects release: a <c>.tar.gz</c> or <c>.tgz</c>, or a bare executable.</summary>
internal static class UpstreamArchive
{
    private const UnixFileMode Executable = KubernetesSource.Executable;

    /// <summary>Whether a file of this name is an archive.</summary>
    public static bool IsArchive(string name) =>
        name.EndsWith(".tar.gz", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".tgz", StringComparison.OrdinalIgnoreCase);

    /// <summary>Unpacks the regular files of an archive, those <paramref name="only"/> names or all, each with the mode of a program.</summary>
    /// <param name="archive">Path of the archive.</param>
    /// <param name="origin">Where it comes from, for messages.</param>
    /// <param name="folder">Where the files go.</param>
    /// <param name="only">Path of the one file that is needed; null for all.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="ImagerException">It is damaged, names a place outside of the folder, or has no such file.</exception>
    public static async Task UnpackAsync(string archive, string origin, string folder, string? only, CancellationToken ct)
    {
        int files = 0;
        try
        {
            await using FileStream file = File.OpenRead(archive);
            await using GZipStream packed = new(file, CompressionMode.Decompress);
            await using TarReader tar = new(packed);
            while (await tar.GetNextEntryAsync(copyData: false, ct) is { } entry)
            {
                string name = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
                if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile) || (only is not null && name != only))
                {
                    continue;
                }

                await WriteAsync(entry, origin, Path.Combine(folder, Inside(name, origin)), ct);
                files++;
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw new ImagerException($"{origin}: not a whole .tar.gz: {e.Message}", e);
        }

        if (files == 0)
        {
            throw new ImagerException($"{origin}: the archive has no {only ?? "files"}");
        }
    }

    private static async Task WriteAsync(TarEntry entry, string origin, string path, CancellationToken ct)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using (FileStream target = new(path, FileMode.CreateNew))
        {
            if (entry.DataStream is { } data)
            {
                await data.CopyToAsync(target, ct);
            }

            if (target.Length != entry.Length)
            {
                throw new ImagerException($"{origin}: {entry.Name} has {target.Length} of {entry.Length} bytes");
            }
        }

        File.SetUnixFileMode(path, Executable);
    }

    private static string Inside(string name, string origin) =>
        name.Length == 0 || name.StartsWith('/') || name.Split('/').Contains("..")
            ? throw new ImagerException($"{origin}: \"{name}\" leads out of the folder it is unpacked into")
            : name;
}
