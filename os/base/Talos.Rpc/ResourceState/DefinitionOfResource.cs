using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Google.Protobuf;
using Talos.Api.Cosi.Meta;
using Talos.Cosi;

namespace Talos.Rpc.ResourceState;

/// <summary>A resource type as a resource; its id is the type in lower case.</summary>
internal sealed record DefinitionOfResource : IResourceSpec<DefinitionOfResource>
{
    public static ResourceDefinition Definition { get; } = new("ResourceDefinitions.meta.cosi.dev", "meta")
    {
        Aliases = ["api-resources"],
        PrintColumns = [new PrintColumn("Aliases", "{.aliases[:]}")],
    };

    public static SpecFormat Format { get; } = new() { Proto = resource => ((Resource<DefinitionOfResource>)resource).Spec.ToProto() };

    public static JsonTypeInfo<DefinitionOfResource> Json => MetaJson.Default.DefinitionOfResource;

    public required string Type { get; init; }

    public required string DisplayType { get; init; }

    public required string DefaultNamespace { get; init; }

    /// <summary>All aliases, those derived from the name among them.</summary>
    public required IReadOnlyList<string> Aliases { get; init; }

    public required IReadOnlyList<PrintColumn> PrintColumns { get; init; }

    public required string Sensitivity { get; init; }

    [JsonIgnore]
    public ValueList<string> DeclaredAliases { get; init; }

    public static DefinitionOfResource From(ResourceDefinition definition) => new()
    {
        Type = definition.Type,
        DisplayType = definition.DisplayType,
        DefaultNamespace = definition.Namespace,
        Aliases = ResourceAliases.All(definition),
        DeclaredAliases = definition.Aliases,
        PrintColumns = definition.PrintColumns,
        Sensitivity = definition.Sensitive ? "sensitive" : "",
    };

    private byte[] ToProto()
    {
        ResourceDefinitionSpec proto = new()
        {
            ResourceType = Type,
            DisplayType = DisplayType,
            DefaultNamespace = DefaultNamespace,
            Sensitivity = Sensitivity.Length == 0
                ? ResourceDefinitionSpec.Types.Sensitivity.NonSensitive
                : ResourceDefinitionSpec.Types.Sensitivity.Sensitive,
        };
        proto.Aliases.AddRange(DeclaredAliases);
        proto.AllAliases.AddRange(Aliases);
        proto.PrintColumns.AddRange(PrintColumns.Select(c => new ResourceDefinitionSpec.Types.PrintColumn { Name = c.Name, JsonPath = c.JsonPath }));
        return proto.ToByteArray();
    }
}
