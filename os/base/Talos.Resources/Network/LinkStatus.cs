using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Network;

/// <summary>A link as it is; the id is its name.</summary>
public sealed record LinkStatus : IResourceSpec<LinkStatus>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("LinkStatuses.net.talos.dev", NetworkNamespace.Merged)
    {
        Aliases = ["link", "links"],
        PrintColumns =
        [
            new PrintColumn("Alias", "{.alias}"),
            new PrintColumn("Type", "{.type}"),
            new PrintColumn("Kind", "{.kind}"),
            new PrintColumn("Hw Addr", "{.hardwareAddr}"),
            new PrintColumn("Oper State", "{.operationalState}"),
            new PrintColumn("Link State", "{.linkState}"),
        ],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<LinkStatus> Json => NetworkJson.Default.LinkStatus;

    /// <summary>Kernel index.</summary>
    public required int Index { get; init; }

    /// <summary>Hardware type: <c>ether</c>, <c>loopback</c> or a number.</summary>
    public required string Type { get; init; }

    /// <summary>Index of the link below; 0 when none.</summary>
    public int LinkIndex { get; init; }

    /// <summary>Flags, such as <c>UP,BROADCAST,RUNNING,MULTICAST</c>.</summary>
    public string Flags { get; init; } = "";

    /// <summary>Hardware address; empty when none.</summary>
    public string HardwareAddr { get; init; } = "";

    /// <summary>Hardware address burnt into the device; empty when none.</summary>
    public string PermanentAddr { get; init; } = "";

    /// <summary>Hardware broadcast address.</summary>
    public string BroadcastAddr { get; init; } = "";

    /// <summary>Largest packet, in bytes.</summary>
    public uint Mtu { get; init; }

    /// <summary>Queueing discipline.</summary>
    public string QueueDisc { get; init; } = "";

    /// <summary>Index of the bridge it belongs to; 0 when none.</summary>
    public int MasterIndex { get; init; }

    /// <summary>Operational state: <c>up</c>, <c>down</c>, <c>unknown</c> and so on.</summary>
    public string OperationalState { get; init; } = "";

    /// <summary>Kind of a software link; empty for a device.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Kind of the master as seen from this link.</summary>
    public string SlaveKind { get; init; } = "";

    /// <summary>Bus address of the device; empty for a software link.</summary>
    public string BusPath { get; init; } = "";

    /// <summary>PCI vendor and product, <c>1af4:1000</c>; empty when it is no PCI device.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("pciID")]
    public string PciId { get; init; } = "";

    /// <summary>Driver of the device; empty when unknown.</summary>
    public string Driver { get; init; } = "";

    /// <summary>Whether a carrier is seen.</summary>
    public bool LinkState { get; init; }

    /// <summary>Speed in megabits a second; 0 when unknown.</summary>
    public int SpeedMbit { get; init; }

    /// <summary>Free text alias.</summary>
    public string Alias { get; init; } = "";

    /// <summary>Alternative names.</summary>
    public ValueList<string> AltNames { get; init; }

    /// <summary>Whether it is a device of the board rather than made by software.</summary>
    public bool Physical { get; init; }
}
