using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Config;

/// <summary>What was found on STATE; the id is <c>machine-config</c>, absent until STATE was read.</summary>
public sealed record ConfigStatus : IResourceSpec<ConfigStatus>
{
    /// <summary>The only id.</summary>
    public const string Id = "machine-config";

    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("ConfigStatuses.config.talos.dev", "config")
    {
        PrintColumns = [new PrintColumn("Maintenance", "{.maintenance}"), new PrintColumn("Damaged", "{.damaged}")],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<ConfigStatus> Json => ConfigJson.Default.ConfigStatus;

    /// <summary>Whether the node is nobody's: callers without a certificate are let in.</summary>
    public required bool Maintenance { get; init; }

    /// <summary>Whether there is a config that cannot be used: the node is somebody's, and only a certificate of before opens it.</summary>
    public bool Damaged { get; init; }
}
