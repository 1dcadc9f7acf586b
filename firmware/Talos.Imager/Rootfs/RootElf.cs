using Talos.Imager.Elf;

namespace Talos.Imager.Rootfs;

/// <summary>The programs and libraries of a root, read for what they are linked to.</summary>
internal static class RootElf
{
    /// <summary>Folder of the C library and of everything linked to it.</summary>
    public const string LibraryFolder = "usr/lib/aarch64-linux-gnu/";

    private static readonly string[] Folders = [LibraryFolder, "usr/lib/"];

    /// <summary>The file as ELF; null when it is something else or a kernel module.</summary>
    /// <exception cref="ImagerException">It is for another machine, or damaged.</exception>
    public static ElfFile? Read(RootFileEntry file)
    {
        if (file.Path.EndsWith(".ko", StringComparison.Ordinal) || !StartsAsElf(file))
        {
            return null;
        }

        ElfFile elf = Guarded(file, () => ElfFile.Parse(file.ReadAll()));
        return elf.Machine == ElfFile.MachineAarch64
            ? elf
            : throw new ImagerException($"/{file.Path}: ELF machine {elf.Machine} is not arm64 ({ElfFile.MachineAarch64})");
    }

    /// <summary>Reads from an ELF file; a damaged one is told with its path.</summary>
    public static T Guarded<T>(RootFileEntry file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException e)
        {
            throw new ImagerException($"/{file.Path}: {e.Message}", e);
        }
    }

    /// <summary>The library that the dynamic loader would find by this name; null when there is none.</summary>
    public static RootEntry? FindLibrary(RootTree tree, string name) => Folders.Select(f => tree.Find(f + name)).FirstOrDefault(e => e is not null);

    /// <summary>What stands at an absolute path, with links of folders followed.</summary>
    public static RootEntry? FindFollowed(RootTree tree, string path)
    {
        string rest = path.TrimStart('/');
        for (int hops = 0; hops < 8; hops++)
        {
            if (tree.Find(rest) is { } entry and not RootLinkEntry)
            {
                return entry;
            }

            if (Prefixes(rest).Select(tree.Find).OfType<RootLinkEntry>().FirstOrDefault() is not { } link)
            {
                return null;
            }

            string folder = Path.GetDirectoryName(link.Path) ?? "";
            rest = Path.GetFullPath(Path.Combine("/", folder, link.Target) + rest[link.Path.Length..])[1..];
        }

        return null;
    }

    private static IEnumerable<string> Prefixes(string path)
    {
        for (int slash = path.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = path.IndexOf('/', slash + 1))
        {
            yield return path[..slash];
        }

        yield return path;
    }

    private static bool StartsAsElf(RootFileEntry file)
    {
        Span<byte> head = stackalloc byte[8];
        using Stream stream = file.Open();
        return ElfFile.IsElf(head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)]);
    }
}
