using Talos.Imager.Elf;

namespace Talos.Imager.Rootfs;

/// <summary>Refuses a root that can start anything but what the allow-list names.</summary>
internal static class ExecutableCheck
{
    /// <summary>Compares every executable and every link in the folders of programs with the list, both ways.</summary>
    /// <param name="tree">The root.</param>
    /// <param name="allowed">Paths without leading slash; <c>?</c> before a path allows it without wanting it.</param>
    /// <exception cref="ImagerException">Something can be started that is not listed, or something listed is missing.</exception>
    public static void Check(RootTree tree, IReadOnlyList<string> allowed)
    {
        HashSet<string> names = [.. allowed.Select(a => a.TrimStart('?'))];
        List<string> found = Executables(tree);

        if (found.Where(p => !names.Contains(p)).ToList() is { Count: > 0 } strangers)
        {
            throw new ImagerException($"executables not in firmware/rootfs/executables.allow: {string.Join(", ", strangers.Select(p => '/' + p))}");
        }

        if (allowed.Where(p => !p.StartsWith('?') && !found.Contains(p)).ToList() is { Count: > 0 } missing)
        {
            throw new ImagerException($"executables missing in the root: {string.Join(", ", missing.Select(p => '/' + p))}");
        }
    }

    /// <summary>Everything that can be started, in byte order: files with an x bit, scripts, programs without x bit, links to one.</summary>
    public static List<string> Executables(RootTree tree)
    {
        HashSet<string> files = [.. tree.Files.Where(IsProgram).Select(f => f.Path)];
        return [.. tree.Entries.Where(e => files.Contains(e.Path) || (e is RootLinkEntry link && LeadsToProgram(link, files))).Select(e => e.Path)];
    }

    private static bool IsProgram(RootFileEntry file)
    {
        if (file.IsExecutable)
        {
            return true;
        }

        Span<byte> head = stackalloc byte[8];
        using (Stream stream = file.Open())
        {
            head = head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        }

        // A shared library may have an interpreter as well (libc does): without x bit nothing starts it.
        bool library = Path.GetFileName(file.Path).Contains(".so", StringComparison.Ordinal);
        return head.StartsWith("#!"u8) || (!library && ElfFile.IsElf(head) && ElfFile.Parse(file.ReadAll()).HasInterpreter);
    }

    private static bool LeadsToProgram(RootLinkEntry link, HashSet<string> programs)
    {
        string folder = Path.GetDirectoryName(link.Path) ?? "";
        return programs.Contains(Path.GetFullPath(Path.Combine("/", folder, link.Target))[1..]);
    }
}
