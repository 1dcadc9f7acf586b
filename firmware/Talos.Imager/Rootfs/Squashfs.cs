using System.Formats.Tar;
using System.Globalization;
using Talos.Imager.Tools;

namespace Talos.Imager.Rootfs;

/// <summary>Packs a root tree; the same tree gives the same bytes.</summary>
internal static class Squashfs
{
    /// <summary>Size of a block of data.</summary>
    public const int BlockSize = 128 * 1024;

    /// <summary>Writes the file system.</summary>
    /// <param name="tree">What goes in.</param>
    /// <param name="path">The file to write.</param>
    /// <param name="tool">mksquashfs.</param>
    /// <param name="level">Level of zstd, 1 to 22.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task WriteAsync(RootTree tree, string path, PinnedTool tool, int level, CancellationToken ct)
    {
        // As a tar stream, so that owner, mode and order come from the tree and nobody needs root for them.
        string[] arguments =
        [
            .. tool.Arguments, "-", path, "-tar", "-noappend", "-comp", "zstd", "-Xcompression-level", level.ToString(CultureInfo.InvariantCulture),
            "-b", BlockSize.ToString(CultureInfo.InvariantCulture), "-all-root", "-no-xattrs", "-all-time", "0", "-mkfs-time", "0",
            "-quiet", "-no-progress",
        ];
        using MemoryStream messages = new();
        await Tool.RunAsync(tool.Program, arguments, stdin => WriteTarAsync(tree, stdin, ct), messages, ct: ct);
    }

    internal static async Task WriteTarAsync(RootTree tree, Stream output, CancellationToken ct)
    {
        await using TarWriter tar = new(output, TarEntryFormat.Ustar, leaveOpen: true);
        foreach (RootEntry entry in tree.Entries)
        {
            UstarTarEntry written = new(TypeOf(entry), entry.Path)
            {
                Mode = (UnixFileMode)entry.Mode,
                ModificationTime = DateTimeOffset.UnixEpoch,
            };
            await using Stream? content = entry is RootFileEntry { Length: > 0 } file ? file.Open() : null;
            if (content is not null)
            {
                written.DataStream = content;
            }
            else if (entry is RootLinkEntry link)
            {
                written.LinkName = link.Target;
            }

            await tar.WriteEntryAsync(written, ct);
        }
    }

    private static TarEntryType TypeOf(RootEntry entry) => entry switch
    {
        RootDirectory => TarEntryType.Directory,
        RootLinkEntry => TarEntryType.SymbolicLink,
        _ => TarEntryType.RegularFile,
    };
}
