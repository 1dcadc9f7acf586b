namespace Talos.Linux;

/// <summary>A software link to create.</summary>
/// <param name="Name">At most 15 bytes.</param>
/// <param name="Kind"><c>dummy</c>, <c>vlan</c>, <c>bridge</c> or <c>veth</c>.</param>
public sealed record NewLink(string Name, string Kind)
{
    /// <summary>Index of the link a VLAN sits on.</summary>
    public int ParentIndex { get; init; }

    /// <summary>VLAN number, 1 to 4094.</summary>
    public ushort VlanId { get; init; }

    /// <summary>Ethertype of the VLAN tag: 0x8100 or 0x88a8.</summary>
    public ushort VlanProtocol { get; init; } = 0x8100;

    /// <summary>Whether a bridge takes part in the spanning tree protocol.</summary>
    public bool BridgeStp { get; init; }

    /// <summary>Whether a bridge filters by VLAN.</summary>
    public bool BridgeVlanFiltering { get; init; }

    /// <summary>Name of the other end of a veth pair.</summary>
    public string PeerName { get; init; } = "";
}
