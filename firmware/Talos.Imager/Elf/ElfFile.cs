using System.Buffers.Binary;
using System.Text;

namespace Talos.Imager.Elf;

/// <summary>What the imager asks of an ELF file: for which machine it is, whether it runs by itself, which libraries it needs.</summary>
/// <remarks>Source: System V ABI, chapters 4 and 5; elf.h. Only 64-bit little-endian files are read.</remarks>
internal sealed class ElfFile
{
    public const ushort MachineAarch64 = 183;
    public const ushort MachineX64 = 62;

    private const int HeaderSize = 64;
    private const int SegmentSize = 56;
    private const int SectionSize = 64;
    private const uint SegmentLoad = 1;
    private const uint SegmentDynamic = 2;
    private const uint SegmentInterpreter = 3;
    private const long TagNeeded = 1;
    private const long TagStringTable = 5;
    private const long TagVersionsDefined = 0x6ffffffc;
    private const long TagVersionsNeeded = 0x6ffffffe;

    private readonly ReadOnlyMemory<byte> _bytes;

    private ElfFile(ReadOnlyMemory<byte> bytes) => _bytes = bytes;

    /// <summary>EM_ number of the machine.</summary>
    public ushort Machine => U16(18);

    /// <summary>Whether the kernel would start it with a dynamic loader.</summary>
    public bool HasInterpreter => Segments().Any(s => s.Type == SegmentInterpreter);

    /// <summary>Path of the dynamic loader (PT_INTERP); null when the kernel starts it without one.</summary>
    public string? Interpreter => Segments().Where(s => s.Type == SegmentInterpreter).Select(s => Text(s.Offset)).FirstOrDefault();

    /// <summary>Whether <paramref name="bytes"/> begin like a file this class can read.</summary>
    public static bool IsElf(ReadOnlySpan<byte> bytes) => bytes.StartsWith("\u007fELF\u0002\u0001"u8);

    /// <summary>Opens a whole file.</summary>
    /// <exception cref="InvalidDataException">It is not a 64-bit little-endian ELF file, or it is cut.</exception>
    public static ElfFile Parse(ReadOnlyMemory<byte> bytes) => IsElf(bytes.Span) && bytes.Length >= HeaderSize
        ? new ElfFile(bytes)
        : throw new InvalidDataException("not a 64-bit little-endian ELF file");

    /// <summary>Names of the libraries it needs (DT_NEEDED), in file order.</summary>
    public IReadOnlyList<string> Needed()
    {
        List<(long Tag, ulong Value)> dynamic = DynamicEntries();
        ulong table = Value(dynamic, TagStringTable) ?? 0;
        return [.. dynamic.Where(d => d.Tag == TagNeeded).Select(d => Text(FileOffset(table) + d.Value))];
    }

    /// <summary>Versions of symbols it needs (DT_VERNEED): the library that is to have them, and their name, such as <c>GLIBC_2.34</c>.</summary>
    /// <remarks>Source: Linux Standard Base Core, chapter 10.7, Symbol Versioning.</remarks>
    public IReadOnlyList<(string Library, string Version)> NeededVersions()
    {
        List<(string, string)> needed = [];
        foreach ((ulong at, ulong names) in Chain(TagVersionsNeeded, linkAt: 12))
        {
            string library = Text(names + U32(at + 4));
            ulong version = at + U32(at + 8);
            for (int i = 0; i < U16(at + 2); i++, version += U32(version + 12))
            {
                needed.Add((library, Text(names + U32(version + 8))));
                if (U32(version + 12) == 0)
                {
                    break;
                }
            }
        }

        return needed;
    }

    /// <summary>Versions of symbols it has for others (DT_VERDEF).</summary>
    public IReadOnlySet<string> DefinedVersions() =>
        Chain(TagVersionsDefined, linkAt: 16).Select(d => Text(d.Names + U32(d.At + U32(d.At + 12)))).ToHashSet(StringComparer.Ordinal);

    /// <summary>Content of the section <paramref name="name"/>; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Section(string name)
    {
        ulong start = U64(40);
        int count = U16(60);
        ulong names = U64(start + (ulong)(U16(62) * SectionSize) + 24);
        for (int i = 0; i < count; i++)
        {
            ulong header = start + (ulong)(i * SectionSize);
            if (Text(names + U32(header)) == name)
            {
                return Slice(U64(header + 24), U64(header + 32));
            }
        }

        return default;
    }

    private IEnumerable<(uint Type, ulong Offset, ulong Address, ulong Size)> Segments()
    {
        ulong start = U64(32);
        int count = U16(56);
        for (int i = 0; i < count; i++)
        {
            ulong header = start + (ulong)(i * SegmentSize);
            yield return (U32(header), U64(header + 8), U64(header + 16), U64(header + 32));
        }
    }

    private List<(long Tag, ulong Value)> DynamicEntries() => [.. Segments().Where(s => s.Type == SegmentDynamic).SelectMany(Dynamic)];

    private static ulong? Value(List<(long Tag, ulong Value)> dynamic, long tag) =>
        dynamic.Where(d => d.Tag == tag).Select(d => (ulong?)d.Value).FirstOrDefault();

    // Each record says how far away the next one is; 0 ends the list. A list that runs in a circle cannot be: it only goes forward.
    private IEnumerable<(ulong At, ulong Names)> Chain(long tag, ulong linkAt)
    {
        List<(long Tag, ulong Value)> dynamic = DynamicEntries();
        if (Value(dynamic, tag) is not { } address || Value(dynamic, TagStringTable) is not { } table)
        {
            yield break;
        }

        ulong names = FileOffset(table);
        for (ulong at = FileOffset(address), step = 1; step != 0; at += step)
        {
            yield return (at, names);
            step = U32(at + linkAt);
        }
    }

    private IEnumerable<(long Tag, ulong Value)> Dynamic((uint Type, ulong Offset, ulong Address, ulong Size) segment)
    {
        for (ulong at = segment.Offset; at + 16 <= segment.Offset + segment.Size; at += 16)
        {
            long tag = (long)U64(at);
            if (tag == 0)
            {
                yield break;
            }

            yield return (tag, U64(at + 8));
        }
    }

    private ulong FileOffset(ulong address)
    {
        foreach ((uint type, ulong offset, ulong start, ulong size) in Segments())
        {
            if (type == SegmentLoad && address >= start && address < start + size)
            {
                return address - start + offset;
            }
        }

        throw new InvalidDataException($"address 0x{address:x} is in no loaded segment");
    }

    private ushort U16(ulong at) => BinaryPrimitives.ReadUInt16LittleEndian(Slice(at, 2).Span);

    private uint U32(ulong at) => BinaryPrimitives.ReadUInt32LittleEndian(Slice(at, 4).Span);

    private ulong U64(ulong at) => BinaryPrimitives.ReadUInt64LittleEndian(Slice(at, 8).Span);

    private string Text(ulong at)
    {
        ReadOnlySpan<byte> rest = Slice(at, (ulong)_bytes.Length - Math.Min(at, (ulong)_bytes.Length)).Span;
        int end = rest.IndexOf((byte)0);
        return end < 0 ? throw new InvalidDataException("text without end") : Encoding.UTF8.GetString(rest[..end]);
    }

    private ReadOnlyMemory<byte> Slice(ulong at, ulong length)
    {
        ulong size = (ulong)_bytes.Length;
        return at <= size && length <= size - at
            ? _bytes.Slice((int)at, (int)length)
            : throw new InvalidDataException($"cut: {length} bytes at {at} of {size}");
    }
}
