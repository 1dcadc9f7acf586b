using System.Globalization;
using System.Text;
using System.Text.Json;
using Talos.Imager.Rootfs;
using ZstdSharp;

namespace Talos.Imager.Reports;

/// <summary>Where the bytes of an image are: by component of the root, and by part of the image.</summary>
/// <param name="Components">Largest first.</param>
/// <param name="Parts">Name and length of the parts of the image, in order.</param>
internal sealed record SizeReport(IReadOnlyList<ComponentSize> Components, IReadOnlyList<(string Name, long Bytes)> Parts)
{
    private const int QuickLevel = 3;

    /// <summary>Measures the components of a root.</summary>
    /// <param name="tree">The root.</param>
    /// <param name="packedRoot">Length of the packed root; the shares add up to it.</param>
    /// <param name="parts">Name and length of the parts of the image.</param>
    public static SizeReport Measure(RootTree tree, long packedRoot, IReadOnlyList<(string Name, long Bytes)> parts)
    {
        // A quick level gives the shares; the real length of the root scales them.
        Dictionary<string, (int Files, long Bytes, long Quick)> sums = [];
        using Compressor compressor = new(QuickLevel);
        byte[] block = new byte[Squashfs.BlockSize];
        byte[] packed = new byte[Compressor.GetCompressBound(Squashfs.BlockSize)];
        foreach (RootFileEntry file in tree.Files)
        {
            (int files, long bytes, long quick) = sums.GetValueOrDefault(file.Component);
            sums[file.Component] = (files + 1, bytes + file.Length, quick + PackedLength(file, compressor, block, packed));
        }

        double scale = packedRoot / (double)Math.Max(1, sums.Values.Sum(s => s.Quick));
        return new SizeReport(
            [.. sums.Select(s => new ComponentSize(s.Key, s.Value.Files, s.Value.Bytes, (long)(s.Value.Quick * scale)))
                .OrderByDescending(c => c.Packed).ThenBy(c => c.Name, StringComparer.Ordinal)],
            parts);
    }

    /// <summary>As a table for people.</summary>
    public string ToTable()
    {
        StringBuilder text = new();
        Row(text, "component of the root", "files", "bytes", "packed, about");
        foreach (ComponentSize c in Components)
        {
            Row(text, c.Name, Number(c.Files), Number(c.Bytes), Number(c.Packed));
        }

        Row(text, "all", Number(Components.Sum(c => c.Files)), Number(Components.Sum(c => c.Bytes)), Number(Components.Sum(c => c.Packed)));
        text.Append('\n');
        foreach ((string name, long bytes) in Parts)
        {
            Row(text, name, "", Number(bytes), "");
        }

        return text.ToString();
    }

    /// <summary>As JSON for programs.</summary>
    public byte[] ToJson()
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteStartArray("components");
            foreach (ComponentSize c in Components)
            {
                json.WriteStartObject();
                json.WriteString("name", c.Name);
                json.WriteNumber("files", c.Files);
                json.WriteNumber("bytes", c.Bytes);
                json.WriteNumber("packed_bytes", c.Packed);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartObject("parts");
            foreach ((string name, long bytes) in Parts)
            {
                json.WriteNumber(name, bytes);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        stream.Write("\n"u8);
        return stream.ToArray();
    }

    private static long PackedLength(RootFileEntry file, Compressor compressor, byte[] block, byte[] packed)
    {
        using Stream stream = file.Open();
        long length = 0;
        for (int read; (read = stream.ReadAtLeast(block, block.Length, throwOnEndOfStream: false)) > 0;)
        {
            length += Math.Min(read, compressor.Wrap(block.AsSpan(0, read), packed));
        }

        return length;
    }

    private static void Row(StringBuilder text, string name, string files, string bytes, string packed) =>
        text.Append($"{name,-32}{files,8}{bytes,16}{packed,16}".TrimEnd()).Append('\n');

    private static string Number(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);
}
