namespace Talos.Fleet.Protocol;

/// <summary>What is said on a topic of a node.</summary>
public enum TopicKind
{
    /// <summary>Node to hub, retained: on line, off line or lost.</summary>
    Presence,

    /// <summary>Node to hub, retained: the reported state.</summary>
    State,

    /// <summary>Node to hub: measurements, not retained.</summary>
    Telemetry,

    /// <summary>Node to hub: a batch of events.</summary>
    Events,

    /// <summary>Node to hub: how far a command is; its id is the last level.</summary>
    Result,

    /// <summary>Hub to node, retained and signed: the desired state.</summary>
    Desired,

    /// <summary>Hub to node, signed: a command; its id is the last level.</summary>
    Command,

    /// <summary>Hub to node, retained: the events that are in the hub's database.</summary>
    Ack,
}
