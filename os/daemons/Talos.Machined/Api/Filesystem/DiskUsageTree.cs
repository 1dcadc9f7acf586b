using Talos.Api.Machine;
using Talos.Linux;

namespace Talos.Machined.Api.Filesystem;

/// <summary>Sums up sizes of folders, what is below included.</summary>
internal static class DiskUsageTree
{
    /// <summary>Folders, and files when asked for, each after what is below it.</summary>
    /// <remarks>Null after each file that is not told, so that who asks can let others work.</remarks>
    /// <param name="root">Absolute path.</param>
    /// <param name="maxDepth">How deep entries are told; sums always reach to the bottom.</param>
    /// <param name="withFiles">Whether files are told too.</param>
    /// <param name="threshold">At least this size; negative for at most.</param>
    public static IEnumerable<DiskUsageInfo?> Sum(string root, int maxDepth, bool withFiles, long threshold)
    {
        Stack<(WalkedFile Folder, long Size)> open = new();
        foreach (WalkedFile file in FileWalk.Walk(root, int.MaxValue, oneFileSystem: true))
        {
            while (open.Count > 0 && open.Peek().Folder.Depth >= file.Depth)
            {
                (DiskUsageInfo done, int depth) = Close(open);
                if (IsWanted(done, depth, maxDepth, threshold))
                {
                    yield return done;
                }
            }

            long size = file.Status?.Size ?? 0;
            if (file.Status?.Type is FileType.Directory)
            {
                open.Push((file, size));
                continue;
            }

            Add(open, size);
            DiskUsageInfo info = Info(file, size);
            yield return (withFiles || file.Depth == 0 || file.Problem.Length > 0) && IsWanted(info, file.Depth, maxDepth, threshold) ? info : null;
        }

        while (open.Count > 0)
        {
            (DiskUsageInfo info, int depth) = Close(open);
            if (IsWanted(info, depth, maxDepth, threshold))
            {
                yield return info;
            }
        }
    }

    private static (DiskUsageInfo Info, int Depth) Close(Stack<(WalkedFile Folder, long Size)> open)
    {
        (WalkedFile folder, long size) = open.Pop();
        Add(open, size);
        return (Info(folder, size), folder.Depth);
    }

    private static void Add(Stack<(WalkedFile Folder, long Size)> open, long size)
    {
        if (open.TryPop(out (WalkedFile Folder, long Size) parent))
        {
            open.Push((parent.Folder, parent.Size + size));
        }
    }

    private static bool IsWanted(DiskUsageInfo info, int depth, int maxDepth, long threshold) =>
        depth <= maxDepth && (info.Error.Length > 0 || (threshold >= 0 ? info.Size >= threshold : info.Size <= -threshold));

    private static DiskUsageInfo Info(WalkedFile file, long size) =>
        new() { Name = file.Path, RelativeName = file.Relative, Size = size, Error = file.Problem };
}
