using Talos.Imager.Components;

namespace Talos.Imager.Rootfs;

/// <summary>
/// Adds the shared libraries that the programs and libraries of a root are linked to, and those that these need in turn: a kubelet from upstream
/// is linked to libraries that nothing else of the root needs, and which ones differs by version.
/// </summary>
internal static class LibraryClosure
{
    /// <summary>Completes the root.</summary>
    /// <param name="tree">What is in the root already.</param>
    /// <param name="find">Finds a library in the packages of the lock by the name a program is linked to; null when none has it.</param>
    /// <returns>What was added, in the order in which it was found to be needed.</returns>
    /// <exception cref="ImagerException">No package has a library, or a file is for another machine.</exception>
    public static IReadOnlyList<RootFile> Complete(RootTree tree, Func<string, RootFile?> find)
    {
        List<RootFile> added = [];
        Queue<RootFileEntry> open = new(tree.Files);
        while (open.TryDequeue(out RootFileEntry? file))
        {
            if (RootElf.Read(file) is not { } elf)
            {
                continue;
            }

            foreach (string name in RootElf.Guarded(file, elf.Needed).Where(n => RootElf.FindLibrary(tree, n) is null))
            {
                // A name with a slash is a path, which the loader takes as it is; nothing in a package of Debian is linked so.
                RootFile library = (name.Contains('/', StringComparison.Ordinal) ? null : find(name))
                    ?? throw new ImagerException($"/{file.Path}: needs {name}, which no package of group node in components.lock has; add the package that has it");
                RootFile placed = library with { Target = RootElf.LibraryFolder + name };
                tree.AddFile(placed.Target, placed.Source, placed.Component);
                open.Enqueue((RootFileEntry)tree.Find(placed.Target)!);
                added.Add(placed);
            }
        }

        return added;
    }
}
