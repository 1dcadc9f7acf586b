using System.Globalization;
using System.Security.Cryptography;

namespace Talos.Imager.Components;

/// <summary>The folder of what was downloaded, unpacked and built: an entry is either complete or absent.</summary>
internal sealed class ComponentCache
{
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(200);

    public ComponentCache(string folder)
    {
        Folder = Path.GetFullPath(folder);
        Directory.CreateDirectory(Folder);
    }

    /// <summary>Absolute path of the cache.</summary>
    public string Folder { get; }

    /// <summary>The cache of this user: <c>TALOS_CACHE</c>, or <c>.cache/talos</c> in the home folder.</summary>
    public static ComponentCache OfUser() => new(Environment.GetEnvironmentVariable("TALOS_CACHE") is { Length: > 0 } folder
        ? folder
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "talos"));

    /// <summary>Whether the folder <paramref name="entry"/> is there, and so complete.</summary>
    public bool Has(string entry) => Directory.Exists(Path.Combine(Folder, entry));

    /// <summary>The folder <paramref name="entry"/>, filled by <paramref name="fill"/> when it is absent.</summary>
    /// <param name="entry">Path in the cache; contains what the content depends on.</param>
    /// <param name="fill">Fills the empty folder it is given; when it fails nothing stays behind.</param>
    public async Task<string> FolderAsync(string entry, Func<string, Task> fill)
    {
        string path = Path.Combine(Folder, entry);
        if (Directory.Exists(path))
        {
            return path;
        }

        string partial = $"{path}.{Partial()}";
        try
        {
            Directory.CreateDirectory(partial);
            await fill(partial);
            if (!Directory.Exists(path))
            {
                Directory.Move(partial, path);
            }
        }
        finally
        {
            Remove(partial);
        }

        return path;
    }

    /// <summary>Writes a file so that it is there whole or not at all.</summary>
    /// <param name="path">Absolute path.</param>
    /// <param name="write">Writes the file whose path it is given.</param>
    public static async Task FileAsync(string path, Func<string, Task> write)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string partial = $"{path}.{Partial()}";
        try
        {
            await write(partial);
            File.Move(partial, path, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    /// <summary>Keeps other processes out of the cache until it is disposed.</summary>
    public async Task<IDisposable> LockAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(Folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException) && IsSharing(e))
            {
                await Task.Delay(LockPoll, TimeProvider.System, ct);
            }
        }
    }

    /// <summary>SHA-256 of a file, lowercase hex.</summary>
    public static async Task<string> Sha256Async(string path, CancellationToken ct)
    {
        await using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, ct));
    }

    // flock(2) says EAGAIN for a file another process holds.
    private static bool IsSharing(IOException e) => (e.HResult & 0xffff) is 11 or 32;

    private static string Partial() => "partial-" + Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
