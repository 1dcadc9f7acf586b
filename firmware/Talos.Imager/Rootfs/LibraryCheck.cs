using Talos.Imager.Elf;

namespace Talos.Imager.Rootfs;

/// <summary>Refuses a root in which a program or library would not find what it is linked to.</summary>
internal static class LibraryCheck
{
    private static readonly string[] Folders = ["usr/lib/aarch64-linux-gnu/", "usr/lib/"];

    /// <exception cref="ImagerException">A library is missing, or a file is for another machine.</exception>
    public static void Check(RootTree tree)
    {
        HashSet<string> present = [.. tree.Entries.Select(e => e.Path)];
        foreach (RootFileEntry file in tree.Files.Where(f => !f.Path.EndsWith(".ko", StringComparison.Ordinal) && StartsAsElf(f)))
        {
            ElfFile elf = Parse(file);
            if (elf.Machine != ElfFile.MachineAarch64)
            {
                throw new ImagerException($"/{file.Path}: ELF machine {elf.Machine} is not arm64 ({ElfFile.MachineAarch64})");
            }

            if (elf.Needed().FirstOrDefault(n => !Folders.Any(f => present.Contains(f + n))) is { } missing)
            {
                throw new ImagerException($"/{file.Path}: needs {missing}, which is not in the root");
            }
        }
    }

    private static bool StartsAsElf(RootFileEntry file)
    {
        Span<byte> head = stackalloc byte[8];
        using Stream stream = file.Open();
        return ElfFile.IsElf(head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)]);
    }

    private static ElfFile Parse(RootFileEntry file)
    {
        try
        {
            return ElfFile.Parse(file.ReadAll());
        }
        catch (InvalidDataException e)
        {
            throw new ImagerException($"/{file.Path}: {e.Message}", e);
        }
    }
}
