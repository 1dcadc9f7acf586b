using System.Globalization;
using Talos.Linux;

namespace Talos.Containers.Ports;

/// <summary>Files of the container runtime on the node.</summary>
internal interface IRuntimeFiles
{
    /// <summary>Whether a file or folder is there.</summary>
    bool Exists(string path);

    /// <summary>Contents of a small text file; null when absent.</summary>
    string? Read(string path);

    /// <summary>Whether this process may raise limits and lower OOM scores.</summary>
    bool HasSysResource { get; }

    /// <summary>Writes a file only its owner may read, with its folders; nothing happens when it has this content.</summary>
    void Write(string path, string content);

    /// <summary>Removes all files below a folder but these.</summary>
    void KeepOnly(string folder, IReadOnlyCollection<string> relativePaths);

    /// <summary>Archives of images, ordered by name.</summary>
    IReadOnlyList<string> Archives();
}

/// <summary>Files below the real root.</summary>
internal sealed class RuntimeFiles : IRuntimeFiles
{
    /// <inheritdoc/>
    public bool HasSysResource
    {
        get
        {
            string? line = File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith("CapEff:", StringComparison.Ordinal));
            return line is not null
                && ulong.TryParse(line.AsSpan(7).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong effective)
                && (effective & (1UL << (int)Capability.SysResource)) != 0;
        }
    }

    /// <inheritdoc/>
    public bool Exists(string path) => File.Exists(path) || Directory.Exists(path);

    /// <inheritdoc/>
    public string? Read(string path) => File.Exists(path) ? File.ReadAllText(path) : null;

    /// <inheritdoc/>
    public void Write(string path, string content)
    {
        if (File.Exists(path) && File.ReadAllText(path) == content)
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Files.WriteAtomically(path, content);
    }

    /// <inheritdoc/>
    public void KeepOnly(string folder, IReadOnlyCollection<string> relativePaths)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (string path in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
        {
            if (!relativePaths.Contains(Path.GetRelativePath(folder, path)))
            {
                File.Delete(path);
            }
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Archives() =>
        Directory.Exists(ContainerPaths.PreloadedImages)
            ? [.. Directory.GetFiles(ContainerPaths.PreloadedImages, "*.tar").Order(StringComparer.Ordinal)]
            : [];
}
