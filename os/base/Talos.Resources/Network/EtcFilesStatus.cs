using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Network;

/// <summary>The network's files below /system/etc that are written; the id is <c>files</c>.</summary>
public sealed record EtcFilesStatus : IResourceSpec<EtcFilesStatus>
{
    /// <summary>The only id.</summary>
    public const string Id = "files";

    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("EtcFilesStatuses." + ResourceJson.OwnDomain, NetworkNamespace.Merged)
    {
        PrintColumns = [new PrintColumn("Files", "{.files}")],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<EtcFilesStatus> Json => NetworkJson.Default.EtcFilesStatus;

    /// <summary>Names of the files.</summary>
    public ValueList<string> Files { get; init; }
}
