namespace Talos.Config;

/// <summary>One link: chosen by name or by selector.</summary>
public sealed record LinkConfiguration
{
    /// <summary>Kernel name, such as <c>eth0</c>; empty when <see cref="Selector"/> chooses.</summary>
    public string Name { get; init; } = "";

    /// <summary>Chooses by hardware; null when <see cref="Name"/> does.</summary>
    public LinkSelector? Selector { get; init; }

    /// <summary>True: the node leaves the link alone.</summary>
    public bool Ignore { get; init; }

    /// <summary>Administrative state; null when not set, which means up.</summary>
    public bool? Up { get; init; }

    /// <summary>MTU in bytes; null when not set.</summary>
    public int? Mtu { get; init; }

    /// <summary>Static addresses.</summary>
    public IReadOnlyList<LinkAddress> Addresses { get; init; } = [];

    /// <summary>Static routes.</summary>
    public IReadOnlyList<LinkRoute> Routes { get; init; } = [];

    /// <summary>DHCPv4; null when not asked for.</summary>
    public DhcpConfiguration? Dhcp4 { get; init; }

    /// <summary>DHCPv6; null when not asked for.</summary>
    public DhcpConfiguration? Dhcp6 { get; init; }
}
