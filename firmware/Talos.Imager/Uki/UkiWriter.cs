using System.Buffers.Binary;
using System.Text;

namespace Talos.Imager.Uki;

/// <summary>Makes a unified kernel image: the stub with kernel, initramfs and command line as further sections.</summary>
/// <remarks>Source: UAPI.5, Unified Kernel Image; systemd-stub(7).</remarks>
internal static class UkiWriter
{
    // Initialised data, readable.
    private const uint Characteristics = 0x40000040;
    private const int ChecksumOffset = 64;
    private const int SizeOfImageOffset = 56;

    /// <summary>Appends sections to a stub.</summary>
    /// <param name="stub">An unsigned EFI stub for arm64.</param>
    /// <param name="sections">Names of at most 8 characters that the stub does not have; content not empty.</param>
    /// <exception cref="ImagerException">The stub is signed, is for another machine or has no room in its headers.</exception>
    /// <exception cref="InvalidDataException">The stub is no PE image.</exception>
    public static byte[] Append(ReadOnlyMemory<byte> stub, IReadOnlyList<(string Name, ReadOnlyMemory<byte> Content)> sections)
    {
        PeImage image = PeImage.Parse(stub);
        Check(image, sections);

        long fileOffset = Align(stub.Length, image.FileAlignment);
        long address = Align(image.SizeOfImage, image.SectionAlignment);
        byte[] result = new byte[fileOffset + sections.Sum(s => Align(s.Content.Length, image.FileAlignment))];
        stub.CopyTo(result);

        int entry = image.SectionTable + (image.SectionCount * PeImage.SectionEntrySize);
        foreach ((string name, ReadOnlyMemory<byte> content) in sections)
        {
            long padded = Align(content.Length, image.FileAlignment);
            WriteEntry(result.AsSpan(entry, PeImage.SectionEntrySize), new PeSection(name, (uint)content.Length, (uint)address, (uint)padded, (uint)fileOffset));
            content.CopyTo(result.AsMemory((int)fileOffset));

            entry += PeImage.SectionEntrySize;
            fileOffset += padded;
            address = Align(address + content.Length, image.SectionAlignment);
        }

        BinaryPrimitives.WriteUInt16LittleEndian(result.AsSpan(image.CoffOffset + 2), (ushort)(image.SectionCount + sections.Count));
        BinaryPrimitives.WriteUInt32LittleEndian(result.AsSpan(image.OptionalOffset + SizeOfImageOffset), (uint)address);
        BinaryPrimitives.WriteUInt32LittleEndian(result.AsSpan(image.OptionalOffset + ChecksumOffset), 0);
        Verify(result, sections);
        return result;
    }

    private static void Check(PeImage image, IReadOnlyList<(string Name, ReadOnlyMemory<byte> Content)> sections)
    {
        if (image.Machine != PeImage.MachineArm64)
        {
            throw new ImagerException($"UKI stub: machine 0x{image.Machine:x4} is not arm64 (0x{PeImage.MachineArm64:x4})");
        }

        if (image.IsSigned)
        {
            throw new ImagerException("UKI stub: it is signed, and appending would break the signature");
        }

        long room = (image.SizeOfHeaders - image.SectionTable) / PeImage.SectionEntrySize;
        if (image.SectionCount + sections.Count > room)
        {
            throw new ImagerException($"UKI stub: its headers have room for {room} sections, {image.SectionCount + sections.Count} are wanted");
        }

        foreach ((string name, ReadOnlyMemory<byte> content) in sections)
        {
            if (name.Length is 0 or > 8 || content.IsEmpty || image.Sections.Any(s => s.Name == name) || sections.Count(s => s.Name == name) > 1)
            {
                throw new ImagerException($"UKI section \"{name}\": empty, named twice or longer than 8 characters");
            }
        }
    }

    // Read back what was written: an image that does not boot is found on a bench, one that does not parse here.
    private static void Verify(byte[] result, IReadOnlyList<(string Name, ReadOnlyMemory<byte> Content)> sections)
    {
        PeImage written = PeImage.Parse(result);
        foreach ((string name, ReadOnlyMemory<byte> content) in sections)
        {
            if (written.Content(name) is not { } read || !read.Span.SequenceEqual(content.Span))
            {
                throw new ImagerException($"UKI section {name}: read back differs from what was written");
            }
        }
    }

    private static void WriteEntry(Span<byte> entry, PeSection section)
    {
        entry.Clear();
        Encoding.ASCII.GetBytes(section.Name, entry);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], section.VirtualSize);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[12..], section.VirtualAddress);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[16..], section.FileSize);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[20..], section.FileOffset);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[36..], Characteristics);
    }

    private static long Align(long value, uint alignment) => (value + alignment - 1) / alignment * alignment;
}
