using System.Buffers.Binary;
using System.Text;

namespace Talos.Imager.Uki;

/// <summary>The headers of a PE32+ image, as far as sections are appended to it and read from it.</summary>
/// <remarks>Source: Microsoft PE format specification, "COFF File Header", "Optional Header", "Section Table".</remarks>
internal sealed class PeImage
{
    public const ushort MachineArm64 = 0xAA64;

    /// <summary>Length of an entry of the section table.</summary>
    public const int SectionEntrySize = 40;

    private const ushort Pe32Plus = 0x20B;
    private const int SecurityDirectory = 4;
    private readonly ReadOnlyMemory<byte> _bytes;

    private PeImage(ReadOnlyMemory<byte> bytes, int coff)
    {
        _bytes = bytes;
        CoffOffset = coff;
    }

    /// <summary>Offset of the COFF header, behind the signature.</summary>
    public int CoffOffset { get; }

    /// <summary>Offset of the optional header.</summary>
    public int OptionalOffset => CoffOffset + 20;

    public ushort Machine => U16(CoffOffset);

    public int SectionCount => U16(CoffOffset + 2);

    /// <summary>Offset of the section table.</summary>
    public int SectionTable => OptionalOffset + U16(CoffOffset + 16);

    public uint SectionAlignment => U32(OptionalOffset + 32);

    public uint FileAlignment => U32(OptionalOffset + 36);

    public uint SizeOfImage => U32(OptionalOffset + 56);

    public uint SizeOfHeaders => U32(OptionalOffset + 60);

    /// <summary>Whether it carries an Authenticode signature, which an appended section would break.</summary>
    public bool IsSigned => U32(OptionalOffset + 108) > SecurityDirectory && U32(OptionalOffset + 112 + (SecurityDirectory * 8)) != 0;

    /// <summary>The sections, in table order.</summary>
    public IReadOnlyList<PeSection> Sections => [.. Enumerable.Range(0, SectionCount).Select(ReadSection)];

    /// <summary>Reads and checks the headers.</summary>
    /// <exception cref="InvalidDataException">Not a PE32+ image, or its headers and sections do not fit into it.</exception>
    public static PeImage Parse(ReadOnlyMemory<byte> bytes)
    {
        ReadOnlySpan<byte> span = bytes.Span;
        if (span.Length < 0x40 || !span.StartsWith("MZ"u8))
        {
            throw new InvalidDataException("not a PE image: no MZ header");
        }

        uint signature = BinaryPrimitives.ReadUInt32LittleEndian(span[0x3C..]);
        if (signature > span.Length - 24 || !span[(int)signature..].StartsWith("PE\0\0"u8))
        {
            throw new InvalidDataException("not a PE image: no PE signature");
        }

        PeImage image = new(bytes, (int)signature + 4);
        image.Check();
        return image;
    }

    /// <summary>Content of a section, without padding.</summary>
    public ReadOnlyMemory<byte> Content(PeSection section) =>
        _bytes.Slice((int)section.FileOffset, (int)Math.Min(section.VirtualSize, section.FileSize));

    /// <summary>Content of the section <paramref name="name"/>; null when there is none.</summary>
    public ReadOnlyMemory<byte>? Content(string name) =>
        Sections.FirstOrDefault(s => s.Name == name) is { } section ? (ReadOnlyMemory<byte>?)Content(section) : null;

    private void Check()
    {
        if (U16(OptionalOffset) != Pe32Plus)
        {
            throw new InvalidDataException("not a PE32+ image");
        }

        if (SectionAlignment == 0 || FileAlignment == 0 || SectionTable + (SectionCount * SectionEntrySize) > SizeOfHeaders || SizeOfHeaders > _bytes.Length)
        {
            throw new InvalidDataException("PE headers do not fit");
        }

        uint free = 0;
        foreach (PeSection section in Sections)
        {
            if ((long)section.FileOffset + section.FileSize > _bytes.Length)
            {
                throw new InvalidDataException($"PE section {section.Name} ends behind the file");
            }

            if (section.VirtualAddress < free)
            {
                throw new InvalidDataException($"PE section {section.Name} overlaps the one before");
            }

            free = section.VirtualAddress + section.VirtualSize;
        }

        if (free > SizeOfImage)
        {
            throw new InvalidDataException("PE sections end behind the image");
        }
    }

    private PeSection ReadSection(int index)
    {
        int at = SectionTable + (index * SectionEntrySize);
        string name = Encoding.ASCII.GetString(_bytes.Span.Slice(at, 8)).TrimEnd('\0');
        return new PeSection(name, U32(at + 8), U32(at + 12), U32(at + 16), U32(at + 20));
    }

    private ushort U16(int at) => at + 2 <= _bytes.Length ? BinaryPrimitives.ReadUInt16LittleEndian(_bytes.Span[at..]) : throw Cut();

    private uint U32(int at) => at + 4 <= _bytes.Length ? BinaryPrimitives.ReadUInt32LittleEndian(_bytes.Span[at..]) : throw Cut();

    private static InvalidDataException Cut() => new("PE headers are cut");
}
