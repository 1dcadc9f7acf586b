using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.Win32.SafeHandles;

namespace Talos.Containers.Images;

/// <summary>An OCI image layout in a tar file. Nothing in it is trusted: sizes are bounded, documents are checked by digest.</summary>
/// <remarks>Source: OCI image specification 1.0, image-layout.md.</remarks>
internal sealed class OciArchive : IDisposable
{
    /// <summary>Largest index, manifest or config, in bytes.</summary>
    public const int MaxDocumentSize = 4 << 20;

    private const int MaxEntries = 10_000;
    private const int MaxImages = 256;

    private readonly string _path;
    private readonly SafeFileHandle _file;
    private readonly Dictionary<string, Extent> _entries;

    private OciArchive(string path, SafeFileHandle file, Dictionary<string, Extent> entries)
    {
        _path = path;
        _file = file;
        _entries = entries;
    }

    /// <summary>Reads the list of files of the archive at <paramref name="path"/>.</summary>
    /// <exception cref="ContainersException">The file is no image layout, or is cut short.</exception>
    public static OciArchive Open(string path)
    {
        try
        {
            return new OciArchive(path, File.OpenHandle(path), ReadEntries(path));
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or EndOfStreamException or OverflowException or ArgumentException)
        {
            throw new ContainersException($"image archive {path}: not a tar file", e);
        }
    }

    /// <summary>Plans the import of every image the archive names.</summary>
    /// <param name="architecture">Of this node, such as <c>arm64</c>: other members of a multi-platform image may be absent.</param>
    /// <exception cref="ContainersException">A document is absent, damaged or of an unknown kind.</exception>
    public IReadOnlyList<OciImage> Plan(string architecture)
    {
        CheckLayout();
        using JsonDocument index = Parse(ReadEntry("index.json"), "index.json");
        List<OciImage> images = [];
        foreach (OciDescriptor target in Descriptors(index.RootElement, "manifests", "index.json"))
        {
            if (images.Count == MaxImages)
            {
                throw Damaged($"more than {MaxImages} images");
            }

            string name = target.ImageName
                ?? throw Damaged($"index.json: {target.Digest} has no annotation io.containerd.image.name");
            List<OciBlob> blobs = [];
            List<OciLayer> layers = [];
            AddTree(target, architecture, depth: 0, blobs, layers);
            images.Add(new OciImage(name, target, blobs, layers));
        }

        return images.Count > 0 ? images : throw Damaged("index.json names no image");
    }

    /// <summary>Reads a part of a blob.</summary>
    /// <returns>The number of bytes read; 0 at the end of the blob.</returns>
    public int Read(OciDescriptor blob, long position, Span<byte> buffer)
    {
        Extent extent = Find(blob);
        int wanted = (int)Math.Min(buffer.Length, extent.Length - position);
        return wanted <= 0 ? 0 : RandomAccess.Read(_file, buffer[..wanted], extent.Offset + position);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static Dictionary<string, Extent> ReadEntries(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        using TarReader tar = new(stream, leaveOpen: true);
        Dictionary<string, Extent> entries = new(StringComparer.Ordinal);
        while (tar.GetNextEntry(copyData: false) is { } entry)
        {
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile))
            {
                continue;
            }

            if (entries.Count == MaxEntries)
            {
                throw new ContainersException($"image archive {path}: more than {MaxEntries} files");
            }

            if (entry.Length > 0 && entry.DataOffset + entry.Length > stream.Length)
            {
                throw new ContainersException(
                    $"image archive {path}: {entry.Name} ends at {entry.DataOffset + entry.Length}, the file at {stream.Length}: cut short");
            }

            string name = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
            entries[name] = new Extent(entry.DataOffset, entry.Length);
        }

        return entries;
    }

    private void CheckLayout()
    {
        using JsonDocument layout = Parse(ReadEntry("oci-layout"), "oci-layout");
        if (layout.RootElement.ValueKind is not JsonValueKind.Object
            || !layout.RootElement.TryGetProperty("imageLayoutVersion", out JsonElement version)
            || version.ValueKind is not JsonValueKind.String || version.GetString() != "1.0.0")
        {
            throw Damaged("oci-layout: imageLayoutVersion is not 1.0.0");
        }
    }

    private void AddTree(OciDescriptor target, string architecture, int depth, List<OciBlob> blobs, List<OciLayer> layers)
    {
        if (depth > 2)
        {
            throw Damaged($"{target.Digest}: indexes nested more than 2 deep");
        }

        using JsonDocument document = Parse(ReadDocument(target), target.Digest);
        Dictionary<string, string> labels = new(StringComparer.Ordinal);
        if (target.IsIndex)
        {
            int members = 0;
            foreach (OciDescriptor member in Descriptors(document.RootElement, "manifests", target.Digest))
            {
                if (!_entries.ContainsKey(member.BlobPath) && member.Architecture is { } other && other != architecture)
                {
                    continue;
                }

                AddTree(member, architecture, depth + 1, blobs, layers);
                labels[$"containerd.io/gc.ref.content.m.{members++}"] = member.Digest;
            }
        }
        else if (target.IsManifest)
        {
            AddManifest(document.RootElement, target, labels, blobs, layers);
        }
        else
        {
            throw Damaged($"{target.Digest}: media type {target.MediaType} is neither manifest nor index");
        }

        blobs.Add(new OciBlob(target, labels));
    }

    private void AddManifest(JsonElement manifest, OciDescriptor target, Dictionary<string, string> labels, List<OciBlob> blobs, List<OciLayer> layers)
    {
        if (!manifest.TryGetProperty("config", out JsonElement configJson))
        {
            throw Damaged($"{target.Digest}: manifest without config");
        }

        OciDescriptor config = OciDescriptor.Parse(configJson, target.Digest);
        List<OciDescriptor> layerBlobs = Descriptors(manifest, "layers", target.Digest);
        IReadOnlyList<OciLayer> chain = OciLayer.Chain(layerBlobs, DiffIds(config, layerBlobs.Count));
        if (layers.Count == 0)
        {
            layers.AddRange(chain);
        }

        labels["containerd.io/gc.ref.content.config"] = config.Digest;
        blobs.Add(new OciBlob(config, chain.Count == 0
            ? OciBlob.NoLabels
            : new Dictionary<string, string> { [$"containerd.io/gc.ref.snapshot.{ContainerPaths.Snapshotter}"] = chain[^1].ChainId }));

        foreach (OciDescriptor layer in layerBlobs)
        {
            Find(layer);
            labels[$"containerd.io/gc.ref.content.l.{labels.Count - 1}"] = layer.Digest;
            blobs.Add(new OciBlob(layer, OciBlob.NoLabels));
        }
    }

    /// <summary>The digests of the uncompressed layers, which the image's configuration names.</summary>
    private List<string> DiffIds(OciDescriptor config, int count)
    {
        using JsonDocument document = Parse(ReadDocument(config), config.Digest);
        if (document.RootElement.ValueKind is not JsonValueKind.Object
            || !document.RootElement.TryGetProperty("rootfs", out JsonElement rootfs) || rootfs.ValueKind is not JsonValueKind.Object
            || !rootfs.TryGetProperty("diff_ids", out JsonElement list) || list.ValueKind is not JsonValueKind.Array)
        {
            throw Damaged($"{config.Digest}: no list rootfs.diff_ids");
        }

        List<string> ids = [.. list.EnumerateArray().Select(id => id.ValueKind is JsonValueKind.String && OciDescriptor.IsSha256(id.GetString()!)
            ? id.GetString()!
            : throw Damaged($"{config.Digest}: rootfs.diff_ids holds {id.GetRawText()}, which is not sha256 with 64 hexadecimal digits"))];
        return ids.Count == count ? ids : throw Damaged($"{config.Digest}: {ids.Count} rootfs.diff_ids for {count} layers");
    }

    private List<OciDescriptor> Descriptors(JsonElement parent, string name, string document)
    {
        if (parent.ValueKind is not JsonValueKind.Object
            || !parent.TryGetProperty(name, out JsonElement list) || list.ValueKind is not JsonValueKind.Array)
        {
            throw Damaged($"{document}: no list {name}");
        }

        return [.. list.EnumerateArray().Select(item => OciDescriptor.Parse(item, $"image archive {_path}: {document}"))];
    }

    private byte[] ReadDocument(OciDescriptor descriptor)
    {
        Find(descriptor);
        byte[] content = ReadEntry(descriptor.BlobPath);
        string actual = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));
        return actual == descriptor.Digest
            ? content
            : throw Damaged($"{descriptor.BlobPath} is damaged: its digest is {actual}");
    }

    private byte[] ReadEntry(string name)
    {
        if (!_entries.TryGetValue(name, out Extent extent))
        {
            throw Damaged($"no {name}: not an OCI image layout");
        }

        if (extent.Length > MaxDocumentSize)
        {
            throw Damaged($"{name} has {extent.Length} bytes, more than {MaxDocumentSize}");
        }

        byte[] content = new byte[extent.Length];
        int read = 0;
        while (read < content.Length)
        {
            int part = RandomAccess.Read(_file, content.AsSpan(read), extent.Offset + read);
            read += part > 0 ? part : throw Damaged($"{name} is cut short");
        }

        return content;
    }

    private Extent Find(OciDescriptor blob)
    {
        if (!_entries.TryGetValue(blob.BlobPath, out Extent extent))
        {
            throw Damaged($"no {blob.BlobPath}");
        }

        return extent.Length == blob.Size
            ? extent
            : throw Damaged($"{blob.BlobPath} has {extent.Length} bytes, not {blob.Size}");
    }

    private JsonDocument Parse(byte[] content, string name)
    {
        if (!Utf8.IsValid(content))
        {
            throw Damaged($"{name} is not UTF-8");
        }

        try
        {
            return JsonDocument.Parse(content);
        }
        catch (JsonException e)
        {
            throw new ContainersException($"image archive {_path}: {name} is not JSON", e);
        }
    }

    private ContainersException Damaged(string problem) => new($"image archive {_path}: {problem}");

    private readonly record struct Extent(long Offset, long Length);
}
