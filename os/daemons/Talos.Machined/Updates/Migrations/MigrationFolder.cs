using System.Globalization;
using Talos.Linux;

namespace Talos.Machined.Updates.Migrations;

/// <summary>Format and copies of a volume, kept on the volume itself: wiped with it, and never apart from the data.</summary>
/// <param name="volume">Folder the volume is mounted on.</param>
internal sealed class MigrationFolder(string volume)
{
    /// <summary>Copies of what was before a step.</summary>
    public const string Before = "before";

    /// <summary>Copies of what was before a step was taken back.</summary>
    public const string Leaving = "leaving";

    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _folder = Path.Combine(volume, ".data-format");

    private string FormatFile => Path.Combine(_folder, "format");

    private int Format
    {
        get
        {
            if (!File.Exists(FormatFile))
            {
                return 0;
            }

            using FileStream file = File.OpenRead(FormatFile);
            Span<byte> text = stackalloc byte[16];
            text = text[..file.ReadAtLeast(text, text.Length, throwOnEndOfStream: false)];
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int format)
                ? format
                : throw new MigrationException($"{FormatFile}: it is damaged, a number was expected; the data is left as it is");
        }
    }

    /// <summary>What lies on the volume.</summary>
    /// <exception cref="MigrationException">The file with the format is damaged.</exception>
    public MigrationState State => new(Format, CopiesOf(Before), CopiesOf(Leaving));

    /// <summary>Says which format the data has; on the medium when it returns. The data is there already, and so are the copies.</summary>
    public void Write(int format) => Files.WriteAtomically(FormatFile, format.ToString(CultureInfo.InvariantCulture));

    /// <summary>Copies what a step may write; complete on the medium when it returns, or not there.</summary>
    public void Copy(string kind, int format, IReadOnlyList<string> paths)
    {
        string temporary = TemporaryOf(kind, format);
        Files.CreateDirectory(_folder, Private);
        Remove(temporary);
        Files.CreateDirectory(temporary, Private);
        foreach (string path in paths)
        {
            CopyTree(Path.Combine(volume, path), Path.Combine(temporary, path));
        }

        Files.SyncFileSystem(temporary);
        Directory.Move(temporary, CopyOf(kind, format));
        Files.SyncDirectory(_folder);
    }

    /// <summary>Puts back what a step may have written. May be cut and done again.</summary>
    public void Restore(string kind, int format)
    {
        string copy = CopyOf(kind, format);
        foreach (string path in File.ReadAllLines(PathsFile(format)))
        {
            Remove(Path.Combine(volume, path));
            CopyTree(Path.Combine(copy, path), Path.Combine(volume, path));
        }

        Files.SyncFileSystem(volume);
    }

    /// <summary>Forgets the copies of a step.</summary>
    public void Drop(string kind, int format)
    {
        string gone = TemporaryOf(kind, format);
        Remove(gone);
        Directory.Move(CopyOf(kind, format), gone);
        Files.SyncDirectory(_folder);
        Remove(gone);
    }

    /// <summary>Keeps the names of a step, for a version that does not know it.</summary>
    public void NotePaths(int format, IReadOnlyList<string> paths)
    {
        Files.CreateDirectory(_folder, Private);
        Files.WriteAtomically(PathsFile(format), string.Join('\n', paths));
    }

    private static void Remove(string path)
    {
        if (Directory.Exists(path) && new DirectoryInfo(path).LinkTarget is null)
        {
            Directory.Delete(path, recursive: true);
        }
        else
        {
            File.Delete(path);
        }
    }

    private static void CopyTree(string from, string to)
    {
        if (Files.TryStatus(from, followLinks: false) is not { } status)
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        switch (status.Type)
        {
            case FileType.Directory:
                Files.CreateDirectory(to, File.GetUnixFileMode(from));
                foreach (string entry in Directory.GetFileSystemEntries(from))
                {
                    CopyTree(entry, Path.Combine(to, Path.GetFileName(entry)));
                }

                break;
            case FileType.SymbolicLink:
                File.CreateSymbolicLink(to, new FileInfo(from).LinkTarget!);
                break;
            default:
                File.Copy(from, to);
                File.SetUnixFileMode(to, File.GetUnixFileMode(from));
                break;
        }

        Files.ChangeOwner(to, status.Uid, status.Gid);
    }

    private HashSet<int> CopiesOf(string kind) => !Directory.Exists(_folder)
        ? []
        : [.. Directory.GetDirectories(_folder, $"{kind}-*")
            .Select(d => int.TryParse(Path.GetFileName(d).AsSpan(kind.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int format) ? format : 0)
            .Where(f => f > 0)];

    private string CopyOf(string kind, int format) => Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{kind}-{format}"));

    private string TemporaryOf(string kind, int format) => Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $".{kind}-{format}.tmp"));

    private string PathsFile(int format) => Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"paths-{format}"));
}
