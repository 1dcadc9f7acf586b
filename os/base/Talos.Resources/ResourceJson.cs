namespace Talos.Resources;

/// <summary>
/// How specs become JSON: each area has its own source-generated context beside its records, made like this:
/// <code>
/// [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
/// [JsonSerializable(typeof(HostnameSpec))]
/// internal sealed partial class NetworkJson : JsonSerializerContext;
/// </code>
/// </summary>
internal static class ResourceJson
{
    /// <summary>Domain of the resource types that are ours alone and have no counterpart in the Talos API.</summary>
    public const string OwnDomain = "edge.talos.dev";
}
