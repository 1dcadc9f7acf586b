using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Kernel;

/// <summary>The command line the kernel was started with; the id is <c>cmdline</c>.</summary>
public sealed record KernelCmdline : IResourceSpec<KernelCmdline>
{
    /// <summary>The only id.</summary>
    public const string Id = "cmdline";

    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("KernelCmdlines.runtime.talos.dev", "runtime")
    {
        Aliases = ["cmdline"],
        PrintColumns = [new PrintColumn("Cmdline", "{.cmdline}")],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<KernelCmdline> Json => KernelJson.Default.KernelCmdline;

    /// <summary>The whole line.</summary>
    public required string Cmdline { get; init; }
}
