using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Network;

/// <summary>The time servers this node asks; the id is <c>timeservers</c>.</summary>
public sealed record TimeServerStatus : IResourceSpec<TimeServerStatus>
{
    /// <summary>The only id.</summary>
    public const string Id = "timeservers";

    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("TimeServerStatuses.net.talos.dev", NetworkNamespace.Merged)
    {
        Aliases = ["timeserver", "timeservers"],
        PrintColumns = [new PrintColumn("Timeservers", "{.timeServers}"), new PrintColumn("UseNTS", "{.useNTS}")],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<TimeServerStatus> Json => NetworkJson.Default.TimeServerStatus;

    /// <summary>Host names or IP addresses.</summary>
    public ValueList<string> TimeServers { get; init; }
}
