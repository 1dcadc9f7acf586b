using Talos.Imager.Elf;

namespace Talos.Imager.Rootfs;

/// <summary>Refuses a root in which a program or library would not find what it is linked to.</summary>
internal static class LibraryCheck
{
    /// <exception cref="ImagerException">A loader, a library or a version of its symbols is missing, or a file is for another machine.</exception>
    public static void Check(RootTree tree)
    {
        Dictionary<string, IReadOnlySet<string>> versions = new(StringComparer.Ordinal);
        foreach (RootFileEntry file in tree.Files)
        {
            if (RootElf.Read(file) is { } elf)
            {
                Check(tree, file, elf, versions);
            }
        }
    }

    private static void Check(RootTree tree, RootFileEntry file, ElfFile elf, Dictionary<string, IReadOnlySet<string>> versions)
    {
        if (file.IsExecutable && RootElf.Guarded(file, () => elf.Interpreter) is { } loader && RootElf.FindFollowed(tree, loader) is null)
        {
            throw new ImagerException($"/{file.Path}: is started by {loader}, which is not in the root");
        }

        if (RootElf.Guarded(file, elf.Needed).FirstOrDefault(n => RootElf.FindLibrary(tree, n) is null) is { } missing)
        {
            throw new ImagerException($"/{file.Path}: needs {missing}, which is not in the root");
        }

        // Packages come from more than one suite: one built against a later C library than the root's would fail on the node alone.
        foreach ((string library, string version) in RootElf.Guarded(file, elf.NeededVersions))
        {
            if (DefinedVersions(tree, library, versions) is { Count: > 0 } defined && !defined.Contains(version))
            {
                throw new ImagerException($"/{file.Path}: needs {version} of {library}, and the one in the root is older");
            }
        }
    }

    private static IReadOnlySet<string> DefinedVersions(RootTree tree, string library, Dictionary<string, IReadOnlySet<string>> known)
    {
        if (!known.TryGetValue(library, out IReadOnlySet<string>? versions))
        {
            versions = RootElf.FindLibrary(tree, library) is RootFileEntry file && RootElf.Read(file) is { } elf
                ? RootElf.Guarded(file, elf.DefinedVersions)
                : new HashSet<string>();
            known.Add(library, versions);
        }

        return versions;
    }
}
