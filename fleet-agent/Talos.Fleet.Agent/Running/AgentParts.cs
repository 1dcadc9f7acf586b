using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent;

/// <summary>What the agent is made of.</summary>
internal sealed record AgentParts
{
    public required AgentSettings Settings { get; init; }

    public required INode Node { get; init; }

    public required IFleetLinks Links { get; init; }

    public required Enrollment Enrollment { get; init; }

    public required HubClient Hub { get; init; }

    public required IVetoes Vetoes { get; init; }

    public required Func<NodeFacts, QueueReport, Measurement> Measure { get; init; }

    public required string MachineId { get; init; }

    /// <summary>Version of the agent.</summary>
    public required string Version { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>0 to 1, evenly spread.</summary>
    public required Func<double> Chance { get; init; }
}
