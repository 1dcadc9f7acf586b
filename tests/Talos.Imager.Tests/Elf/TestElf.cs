using System.Buffers.Binary;
using System.Text;
using Talos.Imager.Elf;

namespace Talos.Imager.Tests.Elf;

/// <summary>Small ELF files: what they need and what they have, and nothing to run.</summary>
/// <param name="Needed">Libraries (DT_NEEDED).</param>
internal sealed record TestElf(params string[] Needed)
{
    private const int HeaderSize = 64;
    private const int SegmentSize = 56;
    private const ulong Base = 0x400000;

    public ushort Machine { get; init; } = ElfFile.MachineAarch64;

    public string? Interpreter { get; init; }

    /// <summary>Versions of symbols it needs: library and version.</summary>
    public (string Library, string Version)[] NeededVersions { get; init; } = [];

    /// <summary>Versions of symbols it has.</summary>
    public string[] DefinedVersions { get; init; } = [];

    /// <summary>The file's bytes.</summary>
    public byte[] ToBytes()
    {
        Strings strings = new();
        List<(long Tag, ulong Value)> dynamic = [.. Needed.Select(n => (1L, (ulong)strings.Add(n)))];
        byte[] versionsNeeded = VersionsNeeded(strings);
        byte[] versionsDefined = VersionsDefined(strings);
        byte[] interpreter = Encoding.ASCII.GetBytes((Interpreter ?? "") + "\0");
        byte[] names = strings.ToBytes();

        int segments = Interpreter is null ? 2 : 3;
        int at = HeaderSize + (segments * SegmentSize);
        int namesAt = at;
        int neededAt = namesAt + names.Length;
        int definedAt = neededAt + versionsNeeded.Length;
        int interpreterAt = definedAt + versionsDefined.Length;
        int dynamicAt = interpreterAt + interpreter.Length;
        dynamic.Add((5, Base + (ulong)namesAt));
        if (NeededVersions.Length > 0)
        {
            dynamic.Add((0x6ffffffe, Base + (ulong)neededAt));
        }

        if (DefinedVersions.Length > 0)
        {
            dynamic.Add((0x6ffffffc, Base + (ulong)definedAt));
        }

        dynamic.Add((0, 0));
        byte[] file = new byte[dynamicAt + (dynamic.Count * 16)];
        "\u007fELF\u0002\u0001\u0001"u8.CopyTo(file);
        Put16(file, 16, 3);
        Put16(file, 18, Machine);
        Put64(file, 32, HeaderSize);
        Put16(file, 54, SegmentSize);
        Put16(file, 56, (ushort)segments);
        Segment(file, 0, type: 1, 0, file.Length);
        Segment(file, 1, type: 2, dynamicAt, dynamic.Count * 16);
        if (Interpreter is not null)
        {
            Segment(file, 2, type: 3, interpreterAt, interpreter.Length);
        }

        names.CopyTo(file, namesAt);
        versionsNeeded.CopyTo(file, neededAt);
        versionsDefined.CopyTo(file, definedAt);
        interpreter.CopyTo(file, interpreterAt);
        for (int i = 0; i < dynamic.Count; i++)
        {
            Put64(file, dynamicAt + (i * 16), (ulong)dynamic[i].Tag);
            Put64(file, dynamicAt + (i * 16) + 8, dynamic[i].Value);
        }

        return file;
    }

    // One record a library: version 1, count, name, offset of the first version, offset of the next record; then 16 bytes a version.
    private byte[] VersionsNeeded(Strings strings)
    {
        List<byte> all = [];
        (string Library, string[] Versions)[] libraries = [.. NeededVersions.GroupBy(n => n.Library).Select(g => (g.Key, g.Select(n => n.Version).ToArray()))];
        for (int i = 0; i < libraries.Length; i++)
        {
            int size = 16 + (16 * libraries[i].Versions.Length);
            byte[] record = new byte[size];
            Put16(record, 0, 1);
            Put16(record, 2, (ushort)libraries[i].Versions.Length);
            Put32(record, 4, (uint)strings.Add(libraries[i].Library));
            Put32(record, 8, 16);
            Put32(record, 12, i < libraries.Length - 1 ? (uint)size : 0);
            for (int v = 0; v < libraries[i].Versions.Length; v++)
            {
                Put32(record, 16 + (v * 16) + 8, (uint)strings.Add(libraries[i].Versions[v]));
                Put32(record, 16 + (v * 16) + 12, v < libraries[i].Versions.Length - 1 ? 16u : 0);
            }

            all.AddRange(record);
        }

        return [.. all];
    }

    // One record a version: 20 bytes and one name of 8.
    private byte[] VersionsDefined(Strings strings)
    {
        byte[] all = new byte[28 * DefinedVersions.Length];
        for (int i = 0; i < DefinedVersions.Length; i++)
        {
            Span<byte> record = all.AsSpan(i * 28, 28);
            Put16(record, 0, 1);
            Put16(record, 6, 1);
            Put32(record, 12, 20);
            Put32(record, 16, i < DefinedVersions.Length - 1 ? 28u : 0);
            Put32(record, 20, (uint)strings.Add(DefinedVersions[i]));
        }

        return all;
    }

    private static void Segment(byte[] file, int index, uint type, int offset, int size)
    {
        int at = HeaderSize + (index * SegmentSize);
        Put32(file, at, type);
        Put64(file, at + 8, (ulong)offset);
        Put64(file, at + 16, Base + (ulong)offset);
        Put64(file, at + 32, (ulong)size);
        Put64(file, at + 40, (ulong)size);
    }

    private static void Put16(Span<byte> bytes, int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(bytes[at..], value);

    private static void Put32(Span<byte> bytes, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes[at..], value);

    private static void Put64(Span<byte> bytes, int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(bytes[at..], value);

    private sealed class Strings
    {
        private readonly StringBuilder _text = new("\0");

        public int Add(string text)
        {
            int at = _text.Length;
            _text.Append(text).Append('\0');
            return at;
        }

        public byte[] ToBytes() => Encoding.ASCII.GetBytes(_text.ToString());
    }
}
