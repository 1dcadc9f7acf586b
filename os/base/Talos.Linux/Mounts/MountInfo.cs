using System.Globalization;
using System.Text;

namespace Talos.Linux;

/// <summary>One line of <c>/proc/self/mountinfo</c>.</summary>
/// <remarks>Source: Linux, Documentation/filesystems/proc.rst, section 3.5.</remarks>
public sealed record MountInfo
{
    /// <summary>Id of the mount.</summary>
    public required int Id { get; init; }

    /// <summary>Id of the mount it is on.</summary>
    public required int ParentId { get; init; }

    /// <summary>Device number as <c>major:minor</c>.</summary>
    public required string Device { get; init; }

    /// <summary>What of the file system is shown; <c>/</c> unless a bind mount.</summary>
    public required string Root { get; init; }

    /// <summary>Where it is mounted.</summary>
    public required string MountPoint { get; init; }

    /// <summary>Options of the mount, e.g. <c>rw,nosuid</c>.</summary>
    public required string Options { get; init; }

    /// <summary>File system type.</summary>
    public required string Type { get; init; }

    /// <summary>Device path or pseudo source.</summary>
    public required string Source { get; init; }

    /// <summary>Options of the file system.</summary>
    public required string SuperOptions { get; init; }

    /// <summary>The mounts of this process, oldest first; a later one at the same point hides the earlier.</summary>
    public static IReadOnlyList<MountInfo> ReadAll() => Parse(File.ReadAllText("/proc/self/mountinfo"));

    /// <summary>The topmost mount at exactly <paramref name="mountPoint"/>, or null.</summary>
    public static MountInfo? Find(string mountPoint) => ReadAll().LastOrDefault(m => m.MountPoint == mountPoint);

    /// <summary>Parses the file; lines of an unknown form are left out.</summary>
    public static IReadOnlyList<MountInfo> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<MountInfo> mounts = [];
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (ParseLine(line) is { } mount)
            {
                mounts.Add(mount);
            }
        }

        return mounts;
    }

    private static MountInfo? ParseLine(string line)
    {
        string[] fields = line.Split(' ');
        int dash = Array.IndexOf(fields, "-");
        if (dash < 6 || fields.Length < dash + 4
            || !int.TryParse(fields[0], CultureInfo.InvariantCulture, out int id)
            || !int.TryParse(fields[1], CultureInfo.InvariantCulture, out int parent))
        {
            return null;
        }

        return new MountInfo
        {
            Id = id,
            ParentId = parent,
            Device = fields[2],
            Root = Unescape(fields[3]),
            MountPoint = Unescape(fields[4]),
            Options = fields[5],
            Type = Unescape(fields[dash + 1]),
            Source = Unescape(fields[dash + 2]),
            SuperOptions = fields[dash + 3],
        };
    }

    /// <summary>Space, tab, newline and backslash are written as <c>\</c> and three octal digits.</summary>
    private static string Unescape(string field)
    {
        if (!field.Contains('\\', StringComparison.Ordinal))
        {
            return field;
        }

        StringBuilder text = new(field.Length);
        for (int i = 0; i < field.Length; i++)
        {
            if (field[i] == '\\' && i + 3 < field.Length && IsOctal(field[i + 1]) && IsOctal(field[i + 2]) && IsOctal(field[i + 3]))
            {
                text.Append((char)(((field[i + 1] - '0') << 6) | ((field[i + 2] - '0') << 3) | (field[i + 3] - '0')));
                i += 3;
            }
            else
            {
                text.Append(field[i]);
            }
        }

        return text.ToString();
    }

    private static bool IsOctal(char c) => c is >= '0' and <= '7';
}
