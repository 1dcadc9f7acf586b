using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Talos.Cosi.Tests;

/// <summary>A resource for these tests.</summary>
public sealed record NoteSpec : IResourceSpec<NoteSpec>
{
    public static ResourceDefinition Definition { get; } = new("NoteSpecs.test.talos.dev", "notes");

    public static JsonTypeInfo<NoteSpec> Json => NoteJson.Default.NoteSpec;

    public required string Text { get; init; }

    public ValueList<string> Tags { get; init; }
}

/// <summary>Another one.</summary>
public sealed record NoteStatus : IResourceSpec<NoteStatus>
{
    public static ResourceDefinition Definition { get; } = new("NoteStatuses.test.talos.dev", "notes");

    public static JsonTypeInfo<NoteStatus> Json => NoteJson.Default.NoteStatus;

    public required string Text { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(NoteSpec))]
[JsonSerializable(typeof(NoteStatus))]
internal sealed partial class NoteJson : JsonSerializerContext;
