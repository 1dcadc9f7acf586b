using System.Text;
using Talosctl.Cli;

namespace Talosctl;

/// <summary>Writes files that hold secrets: readable by their owner only, whole or not there.</summary>
internal static class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes a file.</summary>
    /// <exception cref="TalosctlException">It is there already and <paramref name="overwrite"/> is false.</exception>
    public static void Write(string path, string content, bool overwrite)
    {
        string full = Path.GetFullPath(path);
        if (!overwrite && File.Exists(full))
        {
            throw new TalosctlException($"{path} exists already; use --force to replace it");
        }

        string directory = Path.GetDirectoryName(full)!;
        Directory.CreateDirectory(directory, OwnerOnly | UnixFileMode.UserExecute);
        string temporary = Path.Combine(directory, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}");
        try
        {
            using (FileStream stream = new(temporary, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = OwnerOnly,
            }))
            {
                stream.Write(Encoding.UTF8.GetBytes(content));
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Refuses when one of the files is there, before any is written.</summary>
    public static void RequireAbsent(IEnumerable<string> paths, bool overwrite)
    {
        if (!overwrite && paths.FirstOrDefault(File.Exists) is string there)
        {
            throw new TalosctlException($"{there} exists already; use --force to replace it");
        }
    }
}
