using System.Security.Cryptography;
using System.Text.Json;

namespace Talos.Imager.Components;

/// <summary>How a container of an image starts.</summary>
/// <param name="Entrypoint">Program and arguments.</param>
internal sealed record OciCommand(params IReadOnlyList<string> Entrypoint);

/// <summary>Writes a container image of one layer as an OCI archive; the same input gives the same bytes.</summary>
/// <remarks>Source: OCI Image Format Specification 1.1: image-layout.md, manifest.md, config.md.</remarks>
internal static class OciArchive
{
    private const string IndexType = "application/vnd.oci.image.index.v1+json";
    private const string ManifestType = "application/vnd.oci.image.manifest.v1+json";
    private const string ConfigType = "application/vnd.oci.image.config.v1+json";
    private const string LayerType = "application/vnd.oci.image.layer.v1.tar";

    /// <summary>Builds the archive.</summary>
    /// <param name="name">Name with host and tag, such as <c>localhost/pause:3.9</c>.</param>
    /// <param name="architecture">Go's name of the architecture.</param>
    /// <param name="command">How a container starts.</param>
    /// <param name="layer">Its files.</param>
    public static byte[] Create(string name, string architecture, OciCommand command, OciLayer layer)
    {
        byte[] tar = layer.ToTar();
        byte[] config = Json(w => WriteConfig(w, architecture, command, tar));
        byte[] manifest = Json(w => WriteManifest(w, config, tar));
        byte[] index = Json(w => WriteIndex(w, name, architecture, manifest));

        OciLayer archive = new OciLayer()
            .File("oci-layout", """{"imageLayoutVersion":"1.0.0"}"""u8.ToArray())
            .File("index.json", index);
        foreach (byte[] blob in (byte[][])[config, manifest, tar])
        {
            archive.File($"blobs/sha256/{Hex(blob)}", blob);
        }

        return archive.ToTar();
    }

    /// <summary>Writes the archive to a file, whole or not at all.</summary>
    public static Task WriteAsync(string path, byte[] archive, CancellationToken ct) =>
        ComponentCache.FileAsync(path, partial => File.WriteAllBytesAsync(partial, archive, ct));

    private static void WriteConfig(Utf8JsonWriter json, string architecture, OciCommand command, byte[] tar)
    {
        json.WriteString("architecture", architecture);
        json.WriteString("os", "linux");
        json.WriteString("created", "1970-01-01T00:00:00Z");
        json.WriteStartObject("config");
        WriteArray(json, "Entrypoint", command.Entrypoint);
        WriteArray(json, "Env", ["PATH=/bin"]);
        json.WriteString("WorkingDir", "/");
        json.WriteEndObject();
        json.WriteStartObject("rootfs");
        json.WriteString("type", "layers");
        WriteArray(json, "diff_ids", [Digest(tar)]);
        json.WriteEndObject();
    }

    private static void WriteManifest(Utf8JsonWriter json, byte[] config, byte[] tar)
    {
        json.WriteNumber("schemaVersion", 2);
        json.WriteString("mediaType", ManifestType);
        json.WriteStartObject("config");
        WriteDescriptor(json, ConfigType, config);
        json.WriteEndObject();
        json.WriteStartArray("layers");
        json.WriteStartObject();
        WriteDescriptor(json, LayerType, tar);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteIndex(Utf8JsonWriter json, string name, string architecture, byte[] manifest)
    {
        json.WriteNumber("schemaVersion", 2);
        json.WriteString("mediaType", IndexType);
        json.WriteStartArray("manifests");
        json.WriteStartObject();
        WriteDescriptor(json, ManifestType, manifest);
        json.WriteStartObject("platform");
        json.WriteString("architecture", architecture);
        json.WriteString("os", "linux");
        json.WriteEndObject();
        json.WriteStartObject("annotations");
        json.WriteString("io.containerd.image.name", name);
        json.WriteString("org.opencontainers.image.ref.name", name[(name.LastIndexOf(':') + 1)..]);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteDescriptor(Utf8JsonWriter json, string mediaType, byte[] blob)
    {
        json.WriteString("mediaType", mediaType);
        json.WriteString("digest", Digest(blob));
        json.WriteNumber("size", blob.Length);
    }

    private static void WriteArray(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static byte[] Json(Action<Utf8JsonWriter> members)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static string Digest(byte[] blob) => "sha256:" + Hex(blob);

    private static string Hex(byte[] blob) => Convert.ToHexStringLower(SHA256.HashData(blob));
}
