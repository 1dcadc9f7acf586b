using System.Formats.Tar;
using System.Text;

namespace Talos.Imager.Components;

/// <summary>Collects the files of one layer of a container image.</summary>
internal sealed class OciLayer
{
    private const UnixFileMode FolderMode = KubernetesSource.Executable;

    // Sorted, so that a folder stands before what it contains and the bytes do not depend on the order of the calls.
    private readonly SortedDictionary<string, TarEntry> _entries = new(StringComparer.Ordinal);

    /// <summary>Adds a file and the folders above it.</summary>
    public OciLayer File(string path, byte[] content, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead) =>
        Add(path, new UstarTarEntry(TarEntryType.RegularFile, path) { DataStream = new MemoryStream(content), Mode = mode });

    /// <summary>Adds an executable and the folders above it.</summary>
    public OciLayer Executable(string path, byte[] content) => File(path, content, KubernetesSource.Executable);

    /// <summary>Adds an executable script.</summary>
    public OciLayer Script(string path, string text) => Executable(path, Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n")));

    /// <summary>Adds a symbolic link.</summary>
    public OciLayer Link(string path, string target) =>
        Add(path, new UstarTarEntry(TarEntryType.SymbolicLink, path) { LinkName = target, Mode = (UnixFileMode)0x1ff });

    /// <summary>Adds a folder.</summary>
    public OciLayer Folder(string path, UnixFileMode mode = FolderMode) =>
        Add(path, new UstarTarEntry(TarEntryType.Directory, path + "/") { Mode = mode });

    /// <summary>The layer as an uncompressed tar: the root file system that holds it compresses.</summary>
    public byte[] ToTar()
    {
        using MemoryStream stream = new();
        using (TarWriter tar = new(stream, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (TarEntry entry in _entries.Values)
            {
                entry.ModificationTime = DateTimeOffset.UnixEpoch;
                tar.WriteEntry(entry);
                entry.DataStream?.Seek(0, SeekOrigin.Begin);
            }
        }

        return stream.ToArray();
    }

    private OciLayer Add(string path, TarEntry entry)
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } parent && !_entries.ContainsKey(parent))
        {
            Folder(parent);
        }

        _entries[path] = entry;
        return this;
    }
}
