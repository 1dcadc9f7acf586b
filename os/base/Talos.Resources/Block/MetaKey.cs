using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Block;

/// <summary>A value of META; the id is its tag as <c>0x0a</c>.</summary>
public sealed record MetaKey : IResourceSpec<MetaKey>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("MetaKeys.runtime.talos.dev", "runtime")
    {
        // Among the values are a token of the machine, a code for downloads and the keys of STATE.
        Sensitive = true,
        Aliases = ["meta"],
        PrintColumns = [new PrintColumn("Value", "{.value}")],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<MetaKey> Json => BlockJson.Default.MetaKey;

    /// <summary>The value as text.</summary>
    public required string Value { get; init; }
}
