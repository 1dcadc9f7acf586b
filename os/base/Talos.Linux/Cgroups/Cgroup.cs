using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Talos.Linux;

/// <summary>A control group of the unified hierarchy.</summary>
/// <remarks>Source: Linux, Documentation/admin-guide/cgroup-v2.rst.</remarks>
public sealed class Cgroup
{
    /// <summary>Where the hierarchy is mounted.</summary>
    public const string Mount = "/sys/fs/cgroup";

    /// <summary>Refers to a group; it need not exist.</summary>
    /// <param name="path">Path below the mount, e.g. <c>system/apid</c>; empty for the root group.</param>
    public Cgroup(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        Path = path.Trim('/');
        Directory = Path.Length == 0 ? Mount : $"{Mount}/{Path}";
    }

    /// <summary>Path below the mount, without a slash at either end.</summary>
    public string Path { get; }

    /// <summary>Its directory.</summary>
    public string Directory { get; }

    /// <summary>Whether it exists.</summary>
    public bool Exists => System.IO.Directory.Exists(Directory);

    /// <summary>Makes the group and its parents; nothing happens when it exists.</summary>
    public void Create() => System.IO.Directory.CreateDirectory(Directory);

    /// <summary>Removes the group.</summary>
    /// <exception cref="IOException">It has processes or groups below it.</exception>
    public void Delete() => System.IO.Directory.Delete(Directory);

    /// <summary>Lets groups below use these controllers, e.g. <c>memory</c>; one the kernel does not have is left out.</summary>
    /// <returns>The controllers enabled.</returns>
    public IReadOnlyList<string> EnableControllers(IEnumerable<string> controllers)
    {
        string[] available = Read("cgroup.controllers").Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        List<string> enabled = [.. controllers.Where(available.Contains)];
        foreach (string controller in enabled)
        {
            Write("cgroup.subtree_control", $"+{controller}");
        }

        return enabled;
    }

    /// <summary>Writes one of the group's files, e.g. <c>memory.max</c>.</summary>
    public void Write(string file, string value)
    {
        string path = $"{Directory}/{file}";
        using SafeFileHandle handle = Descriptors.Open(path, OpenFlags.WriteOnly);
        Descriptors.Write(handle, Encoding.ASCII.GetBytes(value), $"{path} \"{value}\"");
    }

    /// <summary>Reads one of the group's files.</summary>
    public string Read(string file) => File.ReadAllText($"{Directory}/{file}");

    /// <summary>Reads a file with one number; null when the file is absent or says <c>max</c>.</summary>
    public ulong? TryReadNumber(string file)
    {
        string path = $"{Directory}/{file}";
        return File.Exists(path) && ulong.TryParse(File.ReadAllText(path).AsSpan().Trim(), CultureInfo.InvariantCulture, out ulong value)
            ? value
            : null;
    }

    /// <summary>Reads a file of lines <c>key value</c>, e.g. <c>cpu.stat</c>; empty when absent.</summary>
    public IReadOnlyDictionary<string, ulong> ReadPairs(string file)
    {
        Dictionary<string, ulong> pairs = [];
        string path = $"{Directory}/{file}";
        foreach (string line in File.Exists(path) ? File.ReadAllLines(path) : [])
        {
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space > 0 && ulong.TryParse(line.AsSpan(space + 1), CultureInfo.InvariantCulture, out ulong value))
            {
                pairs[line[..space]] = value;
            }
        }

        return pairs;
    }

    /// <summary>Moves a process into the group.</summary>
    public void Add(int pid) => Write("cgroup.procs", pid.ToString(CultureInfo.InvariantCulture));

    /// <summary>Ids of the processes of the group itself.</summary>
    public IReadOnlyList<int> Processes() =>
        [.. Read("cgroup.procs").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(p => int.Parse(p, CultureInfo.InvariantCulture))];

    /// <summary>Whether the group or one below has a process.</summary>
    public bool IsPopulated() => Exists && ReadPairs("cgroup.events").GetValueOrDefault("populated") == 1;

    /// <summary>Kills every process of the group and of those below. Linux 5.14 or later.</summary>
    public void Kill() => Write("cgroup.kill", "1");
}
