using Talos.Linux;
using Talos.Rpc.Errors;

namespace Talos.Machined.Api.Filesystem;

/// <summary>A file met on a walk.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Relative">Path below the root of the walk; <c>.</c> for the root.</param>
/// <param name="Depth">0 for the root.</param>
/// <param name="Status">What the kernel says; null when it would not.</param>
/// <param name="Problem">Why something could not be read; empty when all could.</param>
internal sealed record WalkedFile(string Path, string Relative, int Depth, FileStatus? Status, string Problem);

/// <summary>Walks a tree without following links.</summary>
internal static class FileWalk
{
    /// <summary>Names of one folder held in memory: pods can make as many files as they like.</summary>
    private const int NamesOfFolder = 50_000;

    /// <summary>An absolute path without dots and doubled slashes, links of the last part followed.</summary>
    /// <exception cref="InvalidRequestException">It is not absolute.</exception>
    /// <exception cref="FileNotFoundException">Nothing is there.</exception>
    public static string Resolve(string field, string path)
    {
        if (!path.StartsWith('/'))
        {
            throw new InvalidRequestException(field, $"\"{path}\" is not an absolute path");
        }

        string full = Path.GetFullPath(path);
        full = full.Length > 1 ? full.TrimEnd('/') : full;
        FileStatus status = Files.TryStatus(full, followLinks: false) ?? throw new FileNotFoundException($"{full}: no such file or directory");
        return status.Type is FileType.SymbolicLink && File.ResolveLinkTarget(full, returnFinalTarget: true) is { Exists: true } target
            ? target.FullName
            : full;
    }

    /// <summary>The root, then what is below it, each folder before its contents.</summary>
    /// <param name="root">Absolute path.</param>
    /// <param name="maxDepth">How deep; 1 for the contents of the root alone.</param>
    /// <param name="oneFileSystem">Whether other file systems mounted below are left out.</param>
    public static IEnumerable<WalkedFile> Walk(string root, int maxDepth, bool oneFileSystem = false)
    {
        FileStatus? start = Files.TryStatus(root, followLinks: false);
        return Walk(new WalkedFile(root, ".", 0, start, ""), maxDepth, oneFileSystem ? start : null);
    }

    private static IEnumerable<WalkedFile> Walk(WalkedFile file, int maxDepth, FileStatus? device)
    {
        if (file.Status?.Type is not FileType.Directory || file.Depth >= maxDepth)
        {
            yield return file;
            yield break;
        }

        (string[] names, string problem) = Names(file.Path);
        yield return file with { Problem = problem };
        foreach (string name in names)
        {
            string path = file.Path == "/" ? "/" + name : $"{file.Path}/{name}";
            WalkedFile child = Child(path, file.Depth == 0 ? name : $"{file.Relative}/{name}", file.Depth + 1);
            if (device is not null && child.Status is { } status && (status.DeviceMajor, status.DeviceMinor) != (device.DeviceMajor, device.DeviceMinor))
            {
                continue;
            }

            foreach (WalkedFile below in Walk(child, maxDepth, device))
            {
                yield return below;
            }
        }
    }

    private static WalkedFile Child(string path, string relative, int depth)
    {
        try
        {
            FileStatus? status = Files.TryStatus(path, followLinks: false);
            return new WalkedFile(path, relative, depth, status, status is null ? "gone meanwhile" : "");
        }
        catch (IOException e)
        {
            return new WalkedFile(path, relative, depth, null, e.Message);
        }
    }

    private static (string[] Names, string Problem) Names(string folder)
    {
        try
        {
            string[] names =
                [.. Directory.EnumerateFileSystemEntries(folder).Select(p => Path.GetFileName(p)!).Take(NamesOfFolder + 1)];
            string problem = names.Length > NamesOfFolder ? $"has more than {NamesOfFolder} entries; the others are left out" : "";
            names = names.Length > NamesOfFolder ? names[..NamesOfFolder] : names;
            Array.Sort(names, StringComparer.Ordinal);
            return (names, problem);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ([], e.Message);
        }
    }
}
