using System.Net;

namespace Talos.Linux;

/// <summary>An IP address on a link, as the kernel reports it or as it is to be set.</summary>
public sealed record AddressInfo
{
    /// <summary>Index of the link.</summary>
    public required int LinkIndex { get; init; }

    /// <summary>The address itself.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>Bits of the network prefix: at most 32 or 128.</summary>
    public required byte PrefixLength { get; init; }

    /// <summary><c>RT_SCOPE_*</c>: 0 is global, 253 link, 254 host.</summary>
    public byte Scope { get; init; }

    /// <summary><c>IFA_F_*</c> of linux/if_addr.h.</summary>
    public uint Flags { get; init; }

    /// <summary>Broadcast address; null when the link has none.</summary>
    public IPAddress? Broadcast { get; init; }

    /// <summary>Metric of the route the kernel makes for the prefix; 0 is the kernel's default.</summary>
    public uint RoutePriority { get; init; }

    /// <summary>How long the address stays; null is for ever.</summary>
    public TimeSpan? ValidLifetime { get; init; }
}
