using System.Text.Json.Serialization;

namespace Talos.Ota.Bundle.Format;

/// <summary>The manifest as it is written. See ota/spec/bundle.md, section Manifest.</summary>
internal sealed record ManifestDocument
{
    public required string Version { get; init; }

    public required string Build { get; init; }

    public required string Architecture { get; init; }

    public required IReadOnlyList<string> Boards { get; init; }

    public string? MinimumVersion { get; init; }

    public string? Floor { get; init; }

    public required DateTimeOffset Issued { get; init; }

    public DateTimeOffset? Expires { get; init; }

    public string? Notes { get; init; }

    public string? KeySet { get; init; }

    public required IReadOnlyList<PayloadDocument> Payloads { get; init; }
}

/// <summary>A payload as it is written.</summary>
internal sealed record PayloadDocument
{
    public required string Part { get; init; }

    public required string Kind { get; init; }

    public required long Size { get; init; }

    public required string Sha256 { get; init; }

    public required long StoredSize { get; init; }

    public required int ChunkSize { get; init; }

    public required string Index { get; init; }

    public string? RootHash { get; init; }

    public ContentDocument? Base { get; init; }

    public ContentDocument? Result { get; init; }
}

/// <summary>Content as it is named.</summary>
internal sealed record ContentDocument
{
    public required string Sha256 { get; init; }

    public required long Size { get; init; }
}

/// <summary>How documents of the format are written: strict, what is absent is left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 8)]
[JsonSerializable(typeof(ManifestDocument))]
[JsonSerializable(typeof(KeySetDocument))]
internal sealed partial class BundleJson : JsonSerializerContext;
