using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;

namespace Talos.Containers.Tests.Images;

/// <summary>Makes OCI archives, whole or spoiled.</summary>
internal sealed class TestArchive
{
    private readonly List<(string Name, byte[] Content)> _files = [("oci-layout", """{"imageLayoutVersion":"1.0.0"}"""u8.ToArray())];
    private readonly List<string> _manifests = [];

    public static string DigestOf(byte[] content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));

    public string AddBlob(byte[] content)
    {
        string digest = DigestOf(content);
        _files.Add(("blobs/" + digest.Replace(':', '/'), content));
        return digest;
    }

    /// <summary>Adds an image with one layer and gives the digest of its manifest.</summary>
    public string AddImage(string? name, byte[]? layer = null, string architecture = "arm64", string? diffId = null)
    {
        byte[] layerContent = layer ?? Encoding.UTF8.GetBytes("layer of " + name);
        byte[] config = Encoding.UTF8.GetBytes($$"""{"architecture":"{{architecture}}","os":"linux","name":"{{name}}","rootfs":{"type":"layers","diff_ids":["{{diffId ?? DigestOf(layerContent)}}"]} }""");
        string manifest = $$"""
            {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
            "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{AddBlob(config)}}","size":{{config.Length}}},
            "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"{{AddBlob(layerContent)}}","size":{{layerContent.Length}}}]}
            """;
        byte[] bytes = Encoding.UTF8.GetBytes(manifest);
        string digest = AddBlob(bytes);
        string annotations = name is null ? "" : $$""","annotations":{"io.containerd.image.name":"{{name}}"}""";
        AddManifest("application/vnd.oci.image.manifest.v1+json", digest, bytes.Length, annotations);
        return digest;
    }

    public void AddManifest(string mediaType, string digest, int size, string more) =>
        _manifests.Add($$"""{"mediaType":"{{mediaType}}","digest":"{{digest}}","size":{{size}}{{more}}}""");

    public void ForgetManifests() => _manifests.Clear();

    public void Remove(string digest) => _files.RemoveAll(f => f.Name == "blobs/" + digest.Replace(':', '/'));

    public void Replace(string digest, byte[] content)
    {
        Remove(digest);
        _files.Add(("blobs/" + digest.Replace(':', '/'), content));
    }

    public byte[] ToBytes()
    {
        MemoryStream stream = new();
        using (TarWriter tar = new(stream, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in _files.Append(("index.json", Index())))
            {
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name)
                {
                    DataStream = new MemoryStream(content),
                    ModificationTime = DateTimeOffset.UnixEpoch,
                });
            }
        }

        return stream.ToArray();
    }

    private byte[] Index() => Encoding.UTF8.GetBytes($$"""{"schemaVersion":2,"manifests":[{{string.Join(',', _manifests)}}]}""");
}

/// <summary>A file that is gone after the test.</summary>
internal sealed class TemporaryFile : IDisposable
{
    public TemporaryFile(byte[] content)
    {
        Path = System.IO.Path.GetTempFileName();
        File.WriteAllBytes(Path, content);
    }

    public string Path { get; }

    public void Dispose() => File.Delete(Path);
}
