using Talos.Pki;

namespace Talos.Config;

/// <summary>The fleet a node belongs to.</summary>
public sealed record FleetConfiguration
{
    /// <summary>The hub; https.</summary>
    public required Uri Hub { get; init; }

    /// <summary>CA of the hub's HTTPS certificate, PEM.</summary>
    public required string HubCa { get; init; }

    /// <summary>Token of the first enrolment; empty when the node has its identity already.</summary>
    public Secret Token { get; init; } = new("");

    /// <summary>Brokers as <c>mqtts://HOST[:PORT]</c> instead of those the hub names; empty for those.</summary>
    public IReadOnlyList<string> Brokers { get; init; } = [];

    /// <summary>Id of the node to ask for; empty for one made of the machine id.</summary>
    public string NodeId { get; init; } = "";

    /// <summary>Labels by which the hub groups nodes; up to 32, keys and values up to 63 characters.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Time between two telemetry messages; 10 s to 7 days.</summary>
    public TimeSpan TelemetryInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>MQTT keep-alive; 10 s to 18 hours.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>A node that is not ready is not updated by the hub.</summary>
    public bool VetoHealth { get; init; } = true;

    /// <summary>No update below this charge of a battery that is discharging; 0 for any.</summary>
    public int MinimumBatteryPercent { get; init; }

    /// <summary>No update without external power.</summary>
    public bool ExternalPower { get; init; }

    /// <summary>Pages of workloads that have to answer before an update.</summary>
    public IReadOnlyList<UpdateProbe> Probes { get; init; } = [];
}
