using System.Text.Json.Serialization;

namespace Talos.Rpc.ResourceState;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DefinitionOfResource))]
[JsonSerializable(typeof(DefinitionOfNamespace))]
internal sealed partial class MetaJson : JsonSerializerContext;
