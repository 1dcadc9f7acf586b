using System.Text.Json.Serialization;

namespace Talos.Resources.Network;

/// <summary>Where a piece of network configuration comes from; the highest wins. Numbers as in the machine API.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ConfigLayer>))]
public enum ConfigLayer
{
    /// <summary>Built in.</summary>
    [JsonStringEnumMemberName("default")]
    Default = 0,

    /// <summary>The kernel's command line.</summary>
    [JsonStringEnumMemberName("cmdline")]
    Cmdline = 1,

    /// <summary>The platform the node runs on.</summary>
    [JsonStringEnumMemberName("platform")]
    Platform = 2,

    /// <summary>An operator, such as DHCP.</summary>
    [JsonStringEnumMemberName("operator")]
    Operator = 3,

    /// <summary>The machine config.</summary>
    [JsonStringEnumMemberName("configuration")]
    Configuration = 4,
}
