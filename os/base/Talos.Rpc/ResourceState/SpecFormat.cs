using Talos.Cosi;

namespace Talos.Rpc.ResourceState;

/// <summary>How the specs of one type differ on the wire from the common form, which is YAML made of the spec's JSON.</summary>
public sealed record SpecFormat
{
    /// <summary>The spec in the encoding that typed clients decode; null when they get YAML alone.</summary>
    public Func<Resource, byte[]>? Proto { get; init; }

    /// <summary>The spec as YAML; null for YAML made of its JSON.</summary>
    public Func<Resource, string>? Yaml { get; init; }

    /// <summary>Annotations that the wire form carries beside the resource's own.</summary>
    public ValueMap Annotations { get; init; } = ValueMap.Empty;
}
