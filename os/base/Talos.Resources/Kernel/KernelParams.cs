using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Kernel;

/// <summary>A kernel parameter as the machine config wants it; the id is its dotted path, such as <c>proc.sys.net.ipv4.ip_forward</c>.</summary>
public sealed record KernelParamSpec : IResourceSpec<KernelParamSpec>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("KernelParamSpecs.runtime.talos.dev", "runtime")
    {
        PrintColumns = [new PrintColumn("Value", "{.value}")],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<KernelParamSpec> Json => KernelJson.Default.KernelParamSpec;

    /// <summary>The value.</summary>
    public required string Value { get; init; }

    /// <summary>Whether a kernel without this parameter is all right.</summary>
    public bool IgnoreErrors { get; init; }
}

/// <summary>A kernel parameter as the system wants it, unless the machine config says otherwise; ids as of <see cref="KernelParamSpec"/>.</summary>
public sealed record KernelParamDefaultSpec : IResourceSpec<KernelParamDefaultSpec>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("KernelParamDefaultSpecs.runtime.talos.dev", "runtime")
    {
        PrintColumns = [new PrintColumn("Value", "{.value}")],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<KernelParamDefaultSpec> Json => KernelJson.Default.KernelParamDefaultSpec;

    /// <summary>The value.</summary>
    public required string Value { get; init; }

    /// <summary>Whether a kernel without this parameter is all right.</summary>
    public bool IgnoreErrors { get; init; }

    /// <summary>Whether the machine config cannot change it: it hardens the system.</summary>
    public bool Enforced { get; init; }
}

/// <summary>A kernel parameter as it is; ids as of <see cref="KernelParamSpec"/>.</summary>
public sealed record KernelParamStatus : IResourceSpec<KernelParamStatus>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("KernelParamStatuses.runtime.talos.dev", "runtime")
    {
        Aliases = ["sysctls", "kernelparameters", "kernelparams"],
        PrintColumns =
        [
            new PrintColumn("Current", "{.current}"),
            new PrintColumn("Default", "{.default}"),
            new PrintColumn("Unsupported", "{.unsupported}"),
        ],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<KernelParamStatus> Json => KernelJson.Default.KernelParamStatus;

    /// <summary>The value that was written.</summary>
    public string Current { get; init; } = "";

    /// <summary>The value before it was written the first time.</summary>
    public string Default { get; init; } = "";

    /// <summary>Whether this kernel does not have it.</summary>
    public bool Unsupported { get; init; }
}
