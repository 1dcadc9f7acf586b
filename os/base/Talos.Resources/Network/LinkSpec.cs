using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Network;

/// <summary>A link as it should be; the id is its name.</summary>
public sealed record LinkSpec : IResourceSpec<LinkSpec>, ILayeredSpec
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("LinkSpecs.net.talos.dev", NetworkNamespace.Merged) { Sensitive = true };

    /// <inheritdoc/>
    public static JsonTypeInfo<LinkSpec> Json => NetworkJson.Default.LinkSpec;

    /// <summary>Name, at most 15 bytes.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it is made by software: created and removed by this node.</summary>
    public bool Logical { get; init; }

    /// <summary>Whether it should be up.</summary>
    public bool Up { get; init; } = true;

    /// <summary>Largest packet in bytes; 0 leaves it as it is.</summary>
    public uint Mtu { get; init; }

    /// <summary>Kind of a logical link: <c>dummy</c>, <c>vlan</c>, <c>bridge</c>, <c>veth</c>; empty for a device.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Name of the link a VLAN sits on.</summary>
    public string ParentName { get; init; } = "";

    /// <summary>Name of the bridge it belongs to; empty when none.</summary>
    public string MasterName { get; init; } = "";

    /// <summary>Number and tag of a VLAN; null for other links.</summary>
    public VlanSpec? Vlan { get; init; }

    /// <summary>What a bridge does; null for other links.</summary>
    public BridgeSpec? Bridge { get; init; }

    /// <summary>Name of the other end of a veth pair.</summary>
    public string PeerName { get; init; } = "";

    /// <summary>Hardware address as <c>52:54:00:12:34:56</c>; empty leaves it as it is.</summary>
    public string HardwareAddr { get; init; } = "";

    /// <summary>Whether multicast is on; null leaves it as it is.</summary>
    public bool? Multicast { get; init; }

    /// <inheritdoc/>
    public ConfigLayer Layer { get; init; }

    /// <inheritdoc/>
    [System.Text.Json.Serialization.JsonIgnore]
    public string MergedId => Name;
}

/// <summary>Number and tag of a VLAN.</summary>
/// <param name="Vid">1 to 4094.</param>
/// <param name="Protocol"><c>802.1q</c> or <c>802.1ad</c>.</param>
public sealed record VlanSpec(ushort Vid, string Protocol = "802.1q");

/// <summary>What a bridge does.</summary>
/// <param name="Stp">Whether it takes part in the spanning tree protocol.</param>
/// <param name="VlanFiltering">Whether it filters by VLAN.</param>
public sealed record BridgeSpec(bool Stp, bool VlanFiltering);
