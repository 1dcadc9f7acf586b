using System.Buffers;
using System.Text.Json;

namespace Talos.Containers.Images;

/// <summary>A reference to a blob: what it is, its digest and size.</summary>
/// <remarks>Source: OCI image specification 1.0, descriptor.md.</remarks>
internal sealed record OciDescriptor(string MediaType, string Digest, long Size)
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>Name the archive gives the image; null when it gives none.</summary>
    public string? ImageName { get; init; }

    /// <summary>Architecture of the image, such as <c>arm64</c>; null when the archive does not say.</summary>
    public string? Architecture { get; init; }

    /// <summary>True for a list of manifests.</summary>
    public bool IsIndex => MediaType is "application/vnd.oci.image.index.v1+json"
        or "application/vnd.docker.distribution.manifest.list.v2+json";

    /// <summary>True for a manifest.</summary>
    public bool IsManifest => MediaType is "application/vnd.oci.image.manifest.v1+json"
        or "application/vnd.docker.distribution.manifest.v2+json";

    /// <summary>Path of the blob inside an image layout.</summary>
    public string BlobPath => "blobs/" + Digest.Replace(':', '/');

    /// <summary>Reads a descriptor and refuses one without a valid SHA-256 digest and size.</summary>
    public static OciDescriptor Parse(JsonElement json, string document)
    {
        string mediaType = Text(json, "mediaType") ?? throw new ContainersException($"{document}: descriptor without mediaType");
        string digest = Text(json, "digest") ?? throw new ContainersException($"{document}: descriptor without digest");
        if (!IsSha256(digest))
        {
            throw new ContainersException($"{document}: digest {Shown(digest)} is not sha256 with 64 hexadecimal digits");
        }

        if (!json.TryGetProperty("size", out JsonElement size) || size.ValueKind is not JsonValueKind.Number
            || !size.TryGetInt64(out long bytes) || bytes < 0)
        {
            throw new ContainersException($"{document}: {digest} has no valid size");
        }

        return new OciDescriptor(mediaType, digest, bytes)
        {
            ImageName = FullName(json),
            Architecture = json.TryGetProperty("platform", out JsonElement platform) ? Text(platform, "architecture") : null,
        };
    }

    /// <summary>True for <c>sha256:</c> and 64 lower-case hexadecimal digits.</summary>
    public static bool IsSha256(string digest) =>
        digest.Length == 71 && digest.StartsWith("sha256:", StringComparison.Ordinal)
        && digest.AsSpan(7).IndexOfAnyExcept(HexDigits) < 0;

    private static string? FullName(JsonElement json)
    {
        if (!json.TryGetProperty("annotations", out JsonElement annotations))
        {
            return null;
        }

        string? name = Text(annotations, "io.containerd.image.name");
        if (name is null && Text(annotations, "org.opencontainers.image.ref.name") is { } reference && reference.Contains('/', StringComparison.Ordinal))
        {
            name = reference;
        }

        return name;
    }

    private static string? Text(JsonElement json, string name) =>
        json.ValueKind is JsonValueKind.Object && json.TryGetProperty(name, out JsonElement value)
        && value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : null;

    private static string Shown(string text) => text.Length <= 80 ? $"'{text}'" : $"'{text[..80]}...'";
}
