using Grpc.Core;
using Talos.Cosi;
using Talos.Pki;

namespace Talos.Rpc.ResourceState;

/// <summary>The resource types that the API serves, and who may read them.</summary>
public sealed class ResourceCatalog
{
    private readonly Dictionary<string, ResourceDefinition> _definitions = new(StringComparer.Ordinal);
    private readonly HashSet<string> _namespaces = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SpecFormat> _formats;

    /// <summary>A catalog of these types.</summary>
    /// <param name="definitions">What is served, beside the definitions themselves.</param>
    /// <param name="formats">Forms on the wire by resource type, for those that differ from the common form.</param>
    /// <param name="namespaces">Further namespaces in which resources of these types lie.</param>
    public ResourceCatalog(
        IEnumerable<ResourceDefinition> definitions, IReadOnlyDictionary<string, SpecFormat> formats, params IEnumerable<string> namespaces)
    {
        _formats = new(formats) { [DefinitionOfResource.Definition.Type] = DefinitionOfResource.Format, [DefinitionOfNamespace.Definition.Type] = DefinitionOfNamespace.Format };
        _namespaces.UnionWith(namespaces);
        foreach (ResourceDefinition definition in definitions.Concat([DefinitionOfResource.Definition, DefinitionOfNamespace.Definition]))
        {
            _definitions[definition.Type] = definition;
            _namespaces.Add(definition.Namespace);
        }

        Meta = BuildMeta();
    }

    /// <summary>The definitions and namespaces as resources.</summary>
    public IState Meta { get; }

    /// <summary>The form of a type on the wire.</summary>
    public SpecFormat FormatOf(string type) => _formats.GetValueOrDefault(type) ?? new SpecFormat();

    /// <summary>Refuses unless type and namespace are known and the roles may read the type.</summary>
    /// <exception cref="RpcException"><see cref="StatusCode.PermissionDenied"/>.</exception>
    public void CheckRead(string ns, string type, IReadOnlyList<string> roles)
    {
        if (!_namespaces.Contains(ns))
        {
            throw Denied($"namespace \"{ns}\" is not known");
        }

        if (!_definitions.TryGetValue(type, out ResourceDefinition? definition))
        {
            throw Denied($"resource type \"{type}\" is not known");
        }

        if (definition.Sensitive && !roles.Contains(Role.Admin.Name))
        {
            throw Denied("not authorized");
        }
    }

    private static RpcException Denied(string why) => new(new Status(StatusCode.PermissionDenied, why));

    private InMemoryState BuildMeta()
    {
        const string owner = "meta";
        InMemoryState meta = new(new StandingClock());
        foreach (ResourceDefinition definition in _definitions.Values)
        {
            meta.Create(Resource<DefinitionOfResource>.Create(definition.Type.ToLowerInvariant(), DefinitionOfResource.From(definition)), owner);
        }

        foreach (string ns in _namespaces)
        {
            meta.Create(Resource<DefinitionOfNamespace>.Create(ns, new DefinitionOfNamespace()), owner);
        }

        return meta;
    }

    // Definitions are as old as the build; a clock that does not run keeps them equal from start to start.
    private sealed class StandingClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;
    }
}
