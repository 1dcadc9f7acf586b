using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Talos.Imager.Disk;

namespace Talos.Imager.Bmap;

/// <summary>A block map: which blocks of an image hold data, with a checksum a range, so that a writer can skip the rest.</summary>
/// <remarks>
/// Source: bmap-tools, format version 2.0.
/// A writer leaves on the medium whatever stands in blocks that are not in the map, so what must be zero is in it as well.
/// </remarks>
internal static class BmapFile
{
    public const int BlockSize = 4096;

    // Merging over small holes keeps the file short; reading a megabyte of zeros costs nothing.
    private const int MergedHole = 256;

    /// <summary>Makes the block map of an image; a block of zeros is left out unless it lies in one of the extents that count.</summary>
    /// <param name="image">The image.</param>
    /// <param name="always">What is written whatever it holds.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<string> CreateAsync(Stream image, IReadOnlyList<DiskExtent> always, CancellationToken ct)
    {
        List<(long First, long Last)> ranges = await FindAsync(image, always, ct);
        List<(long First, long Last, string Hash)> hashed = [];
        foreach ((long first, long last) in ranges)
        {
            hashed.Add((first, last, await HashAsync(image, first, last, ct)));
        }

        return Write(image.Length, hashed);
    }

    /// <summary>The ranges of blocks that hold data or count; holes of less than 256 blocks are taken in.</summary>
    internal static async Task<List<(long First, long Last)>> FindAsync(Stream image, IReadOnlyList<DiskExtent> always, CancellationToken ct)
    {
        if (always.FirstOrDefault(e => e.Offset < 0 || e.Length <= 0 || e.End > image.Length) is { } outside)
        {
            throw new ImagerException($"block map: {outside.Length} bytes at {outside.Offset} do not lie in the image of {image.Length}");
        }

        List<(long First, long Last)> ranges = [];
        byte[] buffer = new byte[MergedHole * BlockSize];
        image.Position = 0;
        for (long block = 0; ;)
        {
            int read = await image.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
            if (read == 0)
            {
                return ranges;
            }

            for (int at = 0; at < read; at += BlockSize, block++)
            {
                if (buffer.AsSpan(at, Math.Min(BlockSize, read - at)).ContainsAnyExcept((byte)0) || always.Any(e => e.Touches(block * BlockSize, BlockSize)))
                {
                    Extend(ranges, block);
                }
            }
        }
    }

    private static void Extend(List<(long First, long Last)> ranges, long block)
    {
        if (ranges.Count > 0 && block - ranges[^1].Last <= MergedHole)
        {
            ranges[^1] = (ranges[^1].First, block);
        }
        else
        {
            ranges.Add((block, block));
        }
    }

    private static async Task<string> HashAsync(Stream image, long first, long last, CancellationToken ct)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[MergedHole * BlockSize];
        long left = Math.Min((last + 1) * BlockSize, image.Length) - (first * BlockSize);
        image.Position = first * BlockSize;
        while (left > 0)
        {
            int read = await image.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), ct);
            hash.AppendData(buffer, 0, read);
            left -= read;
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Write(long length, List<(long First, long Last, string Hash)> ranges)
    {
        string noHash = new('0', 64);
        StringBuilder text = new();
        text.Append("<?xml version=\"1.0\" ?>\n<bmap version=\"2.0\">\n");
        Line(text, $"    <ImageSize> {length} </ImageSize>");
        Line(text, $"    <BlockSize> {BlockSize} </BlockSize>");
        Line(text, $"    <BlocksCount> {(length + BlockSize - 1) / BlockSize} </BlocksCount>");
        Line(text, $"    <MappedBlocksCount> {ranges.Sum(r => r.Last - r.First + 1)} </MappedBlocksCount>");
        Line(text, $"    <ChecksumType> sha256 </ChecksumType>");
        Line(text, $"    <BmapFileChecksum> {noHash} </BmapFileChecksum>");
        Line(text, $"    <BlockMap>");
        foreach ((long first, long last, string hash) in ranges)
        {
            string blocks = first == last ? first.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{first}-{last}");
            Line(text, $"        <Range chksum=\"{hash}\"> {blocks} </Range>");
        }

        Line(text, $"    </BlockMap>");
        text.Append("</bmap>\n");

        // The file's own checksum is taken over the file with zeros in its place.
        string own = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text.ToString())));
        return text.ToString().Replace($"<BmapFileChecksum> {noHash} ", $"<BmapFileChecksum> {own} ", StringComparison.Ordinal);
    }

    private static void Line(StringBuilder text, FormattableString line) => text.Append(FormattableString.Invariant(line)).Append('\n');
}
