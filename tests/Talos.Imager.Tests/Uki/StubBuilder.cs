using System.Buffers.Binary;
using System.Text;

namespace Talos.Imager.Tests.Uki;

/// <summary>Makes a small PE32+ image as a stub for tests.</summary>
internal static class StubBuilder
{
    private const int Coff = 0x44;
    private const int Optional = Coff + 20;
    private const int OptionalSize = 240;

    /// <summary>A stub with one section <c>.text</c> of 16 bytes.</summary>
    public static byte[] Create(ushort machine = 0xAA64, int headerSize = 0x400, uint signature = 0)
    {
        byte[] stub = new byte[headerSize + 0x200];
        Span<byte> span = stub;
        "MZ"u8.CopyTo(span);
        BinaryPrimitives.WriteUInt32LittleEndian(span[0x3C..], Coff - 4);
        "PE\0\0"u8.CopyTo(span[(Coff - 4)..]);
        BinaryPrimitives.WriteUInt16LittleEndian(span[Coff..], machine);
        BinaryPrimitives.WriteUInt16LittleEndian(span[(Coff + 2)..], 1);
        BinaryPrimitives.WriteUInt16LittleEndian(span[(Coff + 16)..], OptionalSize);
        BinaryPrimitives.WriteUInt16LittleEndian(span[Optional..], 0x20B);
        BinaryPrimitives.WriteUInt32LittleEndian(span[(Optional + 32)..], 0x1000);
        BinaryPrimitives.WriteUInt32LittleEndian(span[(Optional + 36)..], 0x200);
        BinaryPrimitives.WriteUInt32LittleEndian(span[(Optional + 56)..], 0x2000);
        BinaryPrimitives.WriteUInt32LittleEndian(span[(Optional + 60)..], (uint)headerSize);
        BinaryPrimitives.WriteUInt32LittleEndian(span[(Optional + 64)..], 0xDEADBEEF);
        BinaryPrimitives.WriteUInt32LittleEndian(span[(Optional + 108)..], 16);
        BinaryPrimitives.WriteUInt32LittleEndian(span[(Optional + 112 + 32)..], signature);

        Span<byte> entry = span[(Optional + OptionalSize)..];
        Encoding.ASCII.GetBytes(".text", entry);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], 16);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[12..], 0x1000);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[16..], 0x200);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[20..], (uint)headerSize);
        return stub;
    }
}
