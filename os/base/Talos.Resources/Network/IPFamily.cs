using System.Text.Json.Serialization;

namespace Talos.Resources.Network;

/// <summary>An address family. Numbers as in the machine API and the kernel.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<IPFamily>))]
public enum IPFamily
{
    /// <summary>IPv4.</summary>
    [JsonStringEnumMemberName("inet4")]
    Inet4 = 2,

    /// <summary>IPv6.</summary>
    [JsonStringEnumMemberName("inet6")]
    Inet6 = 10,
}
