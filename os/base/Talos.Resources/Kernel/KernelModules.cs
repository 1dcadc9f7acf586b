using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Kernel;

/// <summary>A kernel module that should be loaded; the id is its name.</summary>
public sealed record KernelModuleSpec : IResourceSpec<KernelModuleSpec>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("KernelModuleSpecs.runtime.talos.dev", "runtime");

    /// <inheritdoc/>
    public static JsonTypeInfo<KernelModuleSpec> Json => KernelJson.Default.KernelModuleSpec;

    /// <summary>Name of the module.</summary>
    public required string Name { get; init; }

    /// <summary>Parameters, <c>name=value</c> each.</summary>
    public ValueList<string> Parameters { get; init; }
}

/// <summary>What became of a wanted kernel module; the id is its name.</summary>
public sealed record KernelModuleStatus : IResourceSpec<KernelModuleStatus>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("KernelModuleStatuses.runtime.talos.dev", "runtime")
    {
        Aliases = ["module", "modules"],
        PrintColumns = [new PrintColumn("Type", "{.type}"), new PrintColumn("State", "{.state}")],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<KernelModuleStatus> Json => KernelJson.Default.KernelModuleStatus;

    /// <summary><c>loadable</c> or <c>builtin</c>.</summary>
    public required string Type { get; init; }

    /// <summary><c>Live</c>, or why it is not loaded.</summary>
    public required string State { get; init; }
}
