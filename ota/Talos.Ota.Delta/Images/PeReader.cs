using System.Buffers.Binary;
using System.Text;

namespace Talos.Ota.Delta.Images;

/// <summary>Takes the sections of a PE image, such as a unified kernel image, for its files.</summary>
/// <remarks>Source: Microsoft, "PE Format", section table.</remarks>
internal static class PeReader
{
    private const int DosHeader = 64;
    private const int FileHeader = 24;
    private const int SectionHeader = 40;
    private const int MaximumSections = 96;

    /// <summary>Reads the section table; null when this is no PE image.</summary>
    public static ImageContent? Read(IBaseImage image)
    {
        byte[] dos = ReadAt(image, 0, DosHeader);
        if (dos.Length < DosHeader || dos[0] != 'M' || dos[1] != 'Z')
        {
            return null;
        }

        long at = BinaryPrimitives.ReadUInt32LittleEndian(dos.AsSpan(0x3C));
        byte[] header = ReadAt(image, at, FileHeader);
        if (header.Length < FileHeader || !header.AsSpan(0, 4).SequenceEqual("PE\0\0"u8))
        {
            return null;
        }

        int count = Math.Min(BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(6)), (ushort)MaximumSections);
        byte[] table = ReadAt(image, at + FileHeader + BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(20)), count * SectionHeader);
        List<ContentFile> files = [];
        for (int i = 0; (i + 1) * SectionHeader <= table.Length; i++)
        {
            ReadOnlySpan<byte> section = table.AsSpan(i * SectionHeader, SectionHeader);
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(section[16..]);
            uint offset = BinaryPrimitives.ReadUInt32LittleEndian(section[20..]);
            if (length > 0 && length <= int.MaxValue && offset + (long)length <= image.Length)
            {
                files.Add(new ContentFile(Encoding.ASCII.GetString(section[..8]).TrimEnd('\0'), [new Extent(offset, (int)length)]));
            }
        }

        return new ImageContent(new ContentMap(image.Length, []), files, image.Length, 0);
    }

    private static byte[] ReadAt(IBaseImage image, long offset, int length)
    {
        byte[] bytes = new byte[Math.Clamp(image.Length - offset, 0, length)];
        if (bytes.Length > 0)
        {
            image.ReadAt(offset, bytes);
        }

        return bytes;
    }
}
