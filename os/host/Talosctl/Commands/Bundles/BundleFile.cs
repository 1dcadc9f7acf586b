using Talosctl.Cli;

namespace Talosctl.Commands.Bundles;

/// <summary>Reads and writes files as large as bundles: what is written appears whole or not at all.</summary>
internal static class BundleFile
{
    /// <exception cref="TalosctlException">It is not there.</exception>
    public static FileStream OpenRead(string path) =>
        File.Exists(path) ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0) : throw new TalosctlException($"{path}: no such file");

    /// <summary>Lets <paramref name="write"/> fill a file aside, then moves it to its place.</summary>
    /// <exception cref="TalosctlException">It is there already and must not be replaced.</exception>
    public static async Task WriteAsync(string path, bool overwrite, Func<FileStream, Task> write)
    {
        PrivateFile.RequireAbsent([path], overwrite);
        string aside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}");
        try
        {
            await using (FileStream stream = new(aside, FileMode.CreateNew, FileAccess.Write))
            {
                await write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(aside, path, overwrite);
        }
        finally
        {
            File.Delete(aside);
        }
    }
}
