using System.Text.Json;

namespace Talos.Cosi;

/// <summary>Lifecycle phase of a resource.</summary>
public enum ResourcePhase
{
    /// <summary>Alive.</summary>
    Running,

    /// <summary>Destroy was asked; holders of finalizers clean up.</summary>
    TearingDown,
}

/// <summary>Address of a resource.</summary>
public readonly record struct ResourceAddress(string Namespace, string Type, string Id)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Type}({Namespace}/{Id})";
}

/// <summary>What the state keeps about a resource beside its spec.</summary>
public sealed record Metadata(ResourceAddress Address)
{
    /// <summary>Counts the changes from 1; 0 before the first write.</summary>
    public ulong Version { get; init; }

    /// <summary>The controller that owns it; empty when none does.</summary>
    public string Owner { get; init; } = "";

    /// <summary>Alive or being torn down.</summary>
    public ResourcePhase Phase { get; init; }

    /// <summary>Time of the first write.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>Time of the last write.</summary>
    public DateTimeOffset Updated { get; init; }

    /// <summary>Names of those that must let go before it is destroyed.</summary>
    public ValueList<string> Finalizers { get; init; }

    /// <summary>Labels, for queries.</summary>
    public ValueMap Labels { get; init; } = ValueMap.Empty;

    /// <summary>Annotations, for notes.</summary>
    public ValueMap Annotations { get; init; } = ValueMap.Empty;
}

/// <summary>A resource whose spec type is not known statically.</summary>
public abstract record Resource(Metadata Metadata)
{
    /// <summary>Namespace, type and id.</summary>
    public ResourceAddress Address => Metadata.Address;

    /// <summary>Name within type and namespace.</summary>
    public string Id => Metadata.Address.Id;

    /// <summary>Alive or being torn down.</summary>
    public ResourcePhase Phase => Metadata.Phase;

    /// <summary>Static facts of the type.</summary>
    public abstract ResourceDefinition Definition { get; }

    /// <summary>The spec as JSON in UTF-8.</summary>
    public abstract byte[] SpecAsJson();

    /// <summary>Whether another resource has an equal spec.</summary>
    public abstract bool SpecEquals(Resource other);
}

/// <summary>A resource: metadata and spec.</summary>
public sealed record Resource<TSpec>(Metadata Metadata, TSpec Spec) : Resource(Metadata)
    where TSpec : class, IResourceSpec<TSpec>
{
    /// <summary>A new resource, not yet written, in the namespace of its type unless another is named.</summary>
    public static Resource<TSpec> Create(string id, TSpec spec, string? @namespace = null) =>
        new(new Metadata(new ResourceAddress(@namespace ?? TSpec.Definition.Namespace, TSpec.Definition.Type, id)), spec);

    /// <inheritdoc/>
    public override ResourceDefinition Definition => TSpec.Definition;

    /// <inheritdoc/>
    public override byte[] SpecAsJson() => JsonSerializer.SerializeToUtf8Bytes(Spec, TSpec.Json);

    /// <inheritdoc/>
    public override bool SpecEquals(Resource other) => other is Resource<TSpec> o && Spec.Equals(o.Spec);
}
