using System.Globalization;
using System.Text;
using Talos.Linux;

namespace Talos.Fleet.Agent;

/// <summary>Reads small files below a root, so that tests can lay out a node of their own.</summary>
internal sealed class ProcFiles(string root = "/")
{
    /// <summary>The text without the blanks around it; null when the file is absent or cannot be read.</summary>
    public string? Text(string path)
    {
        try
        {
            return Encoding.ASCII.GetString(KernelFiles.ReadBytes(Path.Combine(root, path))).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public long? Number(string path) => long.TryParse(Text(path), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : null;

    /// <summary>Names in a folder, in order.</summary>
    public IReadOnlyList<string> Names(string path)
    {
        string folder = Path.Combine(root, path);
        return Directory.Exists(folder) ? [.. Directory.EnumerateFileSystemEntries(folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)] : [];
    }

    public bool Exists(string path) => Path.Exists(Path.Combine(root, path));
}
