namespace Talos.Disks.Gpt;

/// <summary>CRC-32 with the polynomial 0xEDB88320, as GPT, zip and the U-Boot environment use it.</summary>
public static class Crc32
{
    private static readonly uint[] Table = MakeTable();

    /// <summary>Checksum of <paramref name="data"/>.</summary>
    public static uint Of(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in data)
        {
            crc = (crc >> 8) ^ Table[(byte)(crc ^ value)];
        }

        return ~crc;
    }

    private static uint[] MakeTable()
    {
        uint[] table = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            uint value = i;
            for (int bit = 0; bit < 8; bit++)
            {
                value = (value >> 1) ^ ((value & 1) == 0 ? 0 : 0xEDB8_8320);
            }

            table[i] = value;
        }

        return table;
    }
}
