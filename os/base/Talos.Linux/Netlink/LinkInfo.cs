using System.Net.NetworkInformation;

namespace Talos.Linux;

/// <summary>A network link as the kernel reports it.</summary>
public sealed record LinkInfo
{
    /// <summary>Kernel index, unique in the network namespace.</summary>
    public required int Index { get; init; }

    /// <summary>Name, at most 15 bytes.</summary>
    public required string Name { get; init; }

    /// <summary>Hardware type, <c>ARPHRD_*</c> of linux/if_arp.h: 1 is Ethernet, 772 loopback.</summary>
    public ushort Type { get; init; }

    /// <summary><c>IFF_*</c> of linux/if.h.</summary>
    public uint Flags { get; init; }

    /// <summary>Whether the link is administratively up.</summary>
    public bool IsUp => (Flags & NetlinkConstants.IFF_UP) != 0;

    /// <summary>Current hardware address; empty when the link has none.</summary>
    public PhysicalAddress HardwareAddress { get; init; } = PhysicalAddress.None;

    /// <summary>Hardware broadcast address.</summary>
    public PhysicalAddress BroadcastAddress { get; init; } = PhysicalAddress.None;

    /// <summary>Hardware address burnt into the device; empty when it has none.</summary>
    public PhysicalAddress PermanentAddress { get; init; } = PhysicalAddress.None;

    /// <summary>Largest packet, in bytes.</summary>
    public uint Mtu { get; init; }

    /// <summary>Queueing discipline.</summary>
    public string QueueDiscipline { get; init; } = "";

    /// <summary>Index of the bridge or bond the link belongs to; 0 when none.</summary>
    public int MasterIndex { get; init; }

    /// <summary>Index of the link below, for a VLAN or veth; 0 when none.</summary>
    public int ParentIndex { get; init; }

    /// <summary><c>IF_OPER_*</c> of linux/if.h: 6 is up, 2 down, 0 unknown.</summary>
    public byte OperationalState { get; init; }

    /// <summary>Whether a carrier is seen.</summary>
    public bool Carrier { get; init; }

    /// <summary>Kind of a software link: <c>vlan</c>, <c>bridge</c>, <c>dummy</c>, <c>veth</c>; empty for a device.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Kind of the master as seen from this link.</summary>
    public string SlaveKind { get; init; } = "";

    /// <summary>VLAN number; 0 when the link is no VLAN.</summary>
    public ushort VlanId { get; init; }

    /// <summary>Ethertype of the VLAN tag, 0x8100 or 0x88a8; 0 when the link is no VLAN.</summary>
    public ushort VlanProtocol { get; init; }

    /// <summary>Free text alias.</summary>
    public string Alias { get; init; } = "";

    /// <summary>Alternative names, separated by a space.</summary>
    public string AlternativeNames { get; init; } = "";
}
