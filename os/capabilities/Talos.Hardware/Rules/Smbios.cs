using System.Buffers.Binary;
using System.Text;

namespace Talos.Hardware.Rules;

/// <summary>One structure of the SMBIOS tables.</summary>
/// <param name="Type">1 is the system, 4 a processor, 17 a memory device, 127 the end.</param>
/// <param name="Data">The formatted area with its header of 4 bytes.</param>
/// <param name="Strings">The texts behind it; the first has number 1.</param>
internal sealed record SmbiosStructure(byte Type, byte[] Data, IReadOnlyList<string> Strings)
{
    /// <summary>The text whose number stands at an offset; empty when there is none or the firmware's maker filled nothing in.</summary>
    public string Text(int offset)
    {
        int number = offset < Data.Length ? Data[offset] : 0;
        string text = number >= 1 && number <= Strings.Count ? Strings[number - 1].Trim() : "";
        return text is "Not Specified" or "To Be Filled By O.E.M." or "Default string" or "Unknown" ? "" : text;
    }

    /// <summary>A number of 1, 2 or 4 bytes; 0 when the structure is too short to have it.</summary>
    public uint Number(int offset, int size) => offset + size > Data.Length ? 0 : size switch
    {
        1 => Data[offset],
        2 => BinaryPrimitives.ReadUInt16LittleEndian(Data.AsSpan(offset)),
        _ => BinaryPrimitives.ReadUInt32LittleEndian(Data.AsSpan(offset)),
    };
}

/// <summary>Reads SMBIOS tables.</summary>
/// <remarks>Source: DMTF DSP0134, SMBIOS reference specification, section 6.</remarks>
internal static class Smbios
{
    private const int MostStructures = 1024;
    private const byte EndOfTable = 127;

    /// <summary>The structures, as far as they fit.</summary>
    public static IReadOnlyList<SmbiosStructure> Read(ReadOnlySpan<byte> table)
    {
        List<SmbiosStructure> structures = [];
        while (table.Length >= 4 && structures.Count < MostStructures && table[0] != EndOfTable)
        {
            int length = table[1];
            if (length < 4 || length > table.Length)
            {
                break;
            }

            byte type = table[0];
            byte[] data = table[..length].ToArray();
            table = table[length..];
            structures.Add(new SmbiosStructure(type, data, Texts(ref table)));
        }

        return structures;
    }

    /// <summary>Texts end with a NUL each, the set with one more; an empty set is two NULs.</summary>
    private static List<string> Texts(ref ReadOnlySpan<byte> table)
    {
        List<string> texts = [];
        while (!table.IsEmpty)
        {
            int end = table.IndexOf((byte)0);
            if (end < 0)
            {
                table = default;
                return texts;
            }

            if (end == 0)
            {
                table = table[(texts.Count == 0 ? Math.Min(2, table.Length) : 1)..];
                return texts;
            }

            texts.Add(Encoding.UTF8.GetString(table[..end]));
            table = table[(end + 1)..];
        }

        return texts;
    }
}
