using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Rpc.Tests.ResourceState;

internal sealed record Sample : IResourceSpec<Sample>
{
    public static ResourceDefinition Definition { get; } = new("Samples.test.talos.dev", "test") { PrintColumns = [new PrintColumn("Text", "{.text}")] };

    public static JsonTypeInfo<Sample> Json => SampleJson.Default.Sample;

    public required string Text { get; init; }
}

internal sealed record Hidden : IResourceSpec<Hidden>
{
    public static ResourceDefinition Definition { get; } = new("Hiddens.test.talos.dev", "test") { Sensitive = true };

    public static JsonTypeInfo<Hidden> Json => SampleJson.Default.Hidden;

    public required string Text { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Sample))]
[JsonSerializable(typeof(Hidden))]
internal sealed partial class SampleJson : JsonSerializerContext;
