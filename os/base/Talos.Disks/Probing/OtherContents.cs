using System.Buffers.Binary;

namespace Talos.Disks.Probing;

/// <summary>Linux swap with pages of 4096 bytes. Source: linux/swap.h, <c>union swap_header</c>.</summary>
internal static class Swap
{
    private const int Page = 4096;

    internal static ProbeResult? Probe(ReadOnlySpan<byte> head)
    {
        if (head.Length < Page || !head.Slice(Page - 10, 10).SequenceEqual("SWAPSPACE2"u8)
            || BinaryPrimitives.ReadUInt32LittleEndian(head[1024..]) != 1)
        {
            return null;
        }

        uint lastPage = BinaryPrimitives.ReadUInt32LittleEndian(head[1028..]);
        return lastPage == 0 ? null : new ProbeResult("swap")
        {
            Uuid = SuperblockText.Uuid(head[1036..]),
            Label = SuperblockText.Label(head.Slice(1052, 16)),
            BlockSize = Page,
            Size = ((long)lastPage + 1) * Page,
        };
    }
}

/// <summary>LUKS 1 and 2. Source: LUKS on-disk format specifications.</summary>
internal static class Luks
{
    internal static ProbeResult? Probe(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> magic = [(byte)'L', (byte)'U', (byte)'K', (byte)'S', 0xBA, 0xBE];
        if (head.Length < 512 || !head.StartsWith(magic) || BinaryPrimitives.ReadUInt16BigEndian(head[6..]) is not (1 or 2))
        {
            return null;
        }

        return new ProbeResult("luks")
        {
            Label = head[7] == 2 ? SuperblockText.Label(head.Slice(24, 48)) : "",
            Uuid = SuperblockText.Label(head.Slice(168, 40)),
        };
    }
}

/// <summary>Our META.</summary>
internal static class TalosMeta
{
    internal static ProbeResult? Probe(ReadOnlySpan<byte> head) =>
        head.Length >= 4 && BinaryPrimitives.ReadUInt32BigEndian(head) == 0x5A4B_3C2D ? new ProbeResult("talosmeta") { Size = 2 * Meta.MetaBlock.Size } : null;
}

/// <summary>A disk with a GUID partition table, by the primary header.</summary>
internal static class GptSignature
{
    internal static ProbeResult? Probe(ReadOnlySpan<byte> head)
    {
        foreach (int sectorSize in (ReadOnlySpan<int>)[512, 4096])
        {
            if (head.Length >= 2 * sectorSize && Gpt.GptHeader.TryParse(head.Slice(sectorSize, sectorSize), 1) is { } header)
            {
                return new ProbeResult("gpt") { Uuid = header.DiskId.ToString("D"), BlockSize = sectorSize };
            }
        }

        return null;
    }
}
