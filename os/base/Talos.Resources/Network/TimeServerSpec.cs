using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Network;

/// <summary>The time servers this node should ask; the id is <c>timeservers</c>.</summary>
public sealed record TimeServerSpec : IResourceSpec<TimeServerSpec>, ILayeredSpec
{
    /// <summary>The only id.</summary>
    public const string Id = "timeservers";

    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("TimeServerSpecs.net.talos.dev", NetworkNamespace.Merged)
    {
        PrintColumns = [new PrintColumn("Timeservers", "{.timeServers}"), new PrintColumn("UseNTS", "{.useNTS}")],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<TimeServerSpec> Json => NetworkJson.Default.TimeServerSpec;

    /// <summary>Host names or IP addresses.</summary>
    public ValueList<string> TimeServers { get; init; }

    /// <inheritdoc/>
    public ConfigLayer Layer { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public string MergedId => Id;
}
