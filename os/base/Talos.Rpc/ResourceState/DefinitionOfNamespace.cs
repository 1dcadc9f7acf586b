using System.Text.Json.Serialization.Metadata;
using Google.Protobuf;
using Talos.Api.Cosi.Meta;
using Talos.Cosi;

namespace Talos.Rpc.ResourceState;

/// <summary>A namespace as a resource.</summary>
internal sealed record DefinitionOfNamespace : IResourceSpec<DefinitionOfNamespace>
{
    public static ResourceDefinition Definition { get; } = new("Namespaces.meta.cosi.dev", "meta")
    {
        Aliases = ["ns"],
    };

    public static SpecFormat Format { get; } = new()
    {
        Proto = resource => new NamespaceSpec { Description = ((Resource<DefinitionOfNamespace>)resource).Spec.Description }.ToByteArray(),
    };

    public static JsonTypeInfo<DefinitionOfNamespace> Json => MetaJson.Default.DefinitionOfNamespace;

    public string Description { get; init; } = "";
}
