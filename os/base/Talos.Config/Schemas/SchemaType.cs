namespace Talos.Config;

/// <summary>What a YAML value must be.</summary>
internal abstract record SchemaType
{
    /// <summary>What is expected, for messages.</summary>
    public abstract string Wanted { get; }
}

/// <summary>Anything.</summary>
internal sealed record AnyType : SchemaType
{
    public override string Wanted => "any value";
}

/// <summary>Any mapping; its addresses must be read by everybody alike.</summary>
/// <param name="IsManifest">Whether it is a Kubernetes object, which is left to whom it belongs altogether.</param>
internal sealed record AnyObjectType(bool IsManifest) : SchemaType
{
    public override string Wanted => "a mapping";
}

/// <summary>A single value that <paramref name="Check"/> accepts by returning null, or refuses by a message.</summary>
internal sealed record ScalarType(string Name, Func<ScalarNode, string?> Check) : SchemaType
{
    public override string Wanted => Name;
}

/// <summary>A list; with <paramref name="OrScalar"/> a single value stands for a list of one.</summary>
internal sealed record ListType(SchemaType Item, bool OrScalar) : SchemaType
{
    public override string Wanted => OrScalar ? $"{Item.Wanted} or a list of them" : "a list";
}

/// <summary>A mapping with free keys; <paramref name="Key"/> is what they must be, null for anything.</summary>
internal sealed record MapType(ScalarType? Key, SchemaType Value) : SchemaType
{
    public override string Wanted => "a mapping";
}

/// <summary>A mapping with known keys.</summary>
internal sealed record ObjectType(string Name) : SchemaType
{
    public override string Wanted => "a mapping";

    public Dictionary<string, SchemaField> Fields { get; } = new(StringComparer.Ordinal);
}

/// <summary>A known key of an <see cref="ObjectType"/>.</summary>
/// <param name="Name">The key.</param>
/// <param name="Type">What its value must be.</param>
/// <param name="Flags">What else is known of it.</param>
internal sealed record SchemaField(string Name, SchemaType Type, SchemaFlags Flags);

/// <summary>What is known of a field besides its type.</summary>
[Flags]
internal enum SchemaFlags
{
    None = 0,

    /// <summary>Must be there; written *.</summary>
    Required = 1,

    /// <summary>Is accepted but has no effect on this node; written ~.</summary>
    NoEffect = 2,

    /// <summary>Must not be shown; written ^.</summary>
    Secret = 4,

    /// <summary>A change takes effect at the next boot; written @.</summary>
    Reboot = 8,
}
