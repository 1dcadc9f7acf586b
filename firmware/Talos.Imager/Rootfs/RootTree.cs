using System.Text;

namespace Talos.Imager.Rootfs;

/// <summary>The root file system before it is packed: who wants to be where, each place once.</summary>
internal sealed class RootTree
{
    private const int DirectoryMode = 0b111_101_101;
    private const int FileMode = 0b110_100_100;
    private const int ExecutableMode = 0b111_101_101;

    /// <summary>What the image itself brings: folders, links, settings.</summary>
    private const string Own = "image";

    private readonly SortedDictionary<string, RootEntry> _entries = new(StringComparer.Ordinal);

    /// <summary>All entries in byte order of their paths, so parents come first.</summary>
    public IReadOnlyCollection<RootEntry> Entries => _entries.Values;

    /// <summary>All files in byte order of their paths.</summary>
    public IEnumerable<RootFileEntry> Files => _entries.Values.OfType<RootFileEntry>();

    /// <summary>The entry at a path; null when there is none.</summary>
    public RootEntry? Find(string path) => _entries.GetValueOrDefault(path);

    /// <summary>Adds a directory with its parents; a directory that is already there gets the mode.</summary>
    public void AddDirectory(string path, int mode = DirectoryMode)
    {
        if (Find(path) is RootDirectory old)
        {
            _entries[path] = old with { Mode = mode };
            return;
        }

        Add(new RootDirectory(path, mode, Own));
    }

    /// <summary>Adds a file of the build host.</summary>
    /// <exception cref="ImagerException">The place is taken, or the file is not there.</exception>
    public void AddFile(string path, string source, string component, bool executable = false)
    {
        if (!File.Exists(source))
        {
            throw new ImagerException($"/{path}: its source {source} does not exist");
        }

        Add(new RootFileEntry(path, executable ? ExecutableMode : FileMode, component, source, default));
    }

    /// <summary>Adds a file by its text.</summary>
    public void AddText(string path, string text, string component = Own) =>
        Add(new RootFileEntry(path, FileMode, component, Source: null, Encoding.UTF8.GetBytes(text)));

    /// <summary>Adds a symbolic link.</summary>
    public void AddLink(string path, string target, string component = Own) => Add(new RootLinkEntry(path, target, component));

    private void Add(RootEntry entry)
    {
        AddParents(entry.Path);
        if (!_entries.TryAdd(entry.Path, entry))
        {
            throw new ImagerException($"/{entry.Path}: wanted by {entry.Component}, but {_entries[entry.Path].Component} has it already");
        }
    }

    private void AddParents(string path)
    {
        for (int slash = path.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = path.IndexOf('/', slash + 1))
        {
            string parent = path[..slash];
            if (!_entries.TryGetValue(parent, out RootEntry? entry))
            {
                _entries.Add(parent, new RootDirectory(parent, DirectoryMode, Own));
            }
            else if (entry is not RootDirectory)
            {
                throw new ImagerException($"/{path}: /{parent} is not a directory");
            }
        }
    }
}
