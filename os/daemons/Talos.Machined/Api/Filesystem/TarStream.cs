using System.Formats.Tar;
using System.IO.Compression;
using Talos.Linux;

namespace Talos.Machined.Api.Filesystem;

/// <summary>Packs a file or folder as <c>.tar.gz</c>.</summary>
internal static class TarStream
{
    /// <summary>Writes the archive.</summary>
    /// <param name="root">Absolute path of a file or folder.</param>
    /// <param name="output">Where to; stays open.</param>
    /// <param name="ct">Ends the work.</param>
    public static async Task WriteAsync(string root, Stream output, CancellationToken ct)
    {
        await using GZipStream zip = new(output, CompressionLevel.Fastest, leaveOpen: true);
        await using TarWriter tar = new(zip, TarEntryFormat.Pax);
        bool isFolder = Files.Status(root, followLinks: false).Type is FileType.Directory;
        foreach (WalkedFile file in FileWalk.Walk(root, int.MaxValue, oneFileSystem: true))
        {
            ct.ThrowIfCancellationRequested();
            if (file.Status?.Type is FileType.Regular or FileType.Directory or FileType.SymbolicLink)
            {
                await AddAsync(tar, file, isFolder ? file.Relative : Path.GetFileName(root), ct);
            }
        }
    }

    // A file that vanishes or cannot be read between the walk and here is left out; the others still count.
    private static async Task AddAsync(TarWriter tar, WalkedFile file, string name, CancellationToken ct)
    {
        try
        {
            await tar.WriteEntryAsync(file.Path, name, ct);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            // The walk tells what is there; the archive holds what could be read.
        }
    }
}
