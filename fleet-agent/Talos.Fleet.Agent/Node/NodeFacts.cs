using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent;

/// <summary>What the node says of itself.</summary>
internal sealed record NodeFacts
{
    public required string BootId { get; init; }

    public string? BootReason { get; init; }

    public string? Hostname { get; init; }

    public required string Version { get; init; }

    public required string Architecture { get; init; }

    public required string Stage { get; init; }

    public required bool Ready { get; init; }

    public IReadOnlyList<string> Unmet { get; init; } = [];

    /// <summary>The clock was set from the network since the start.</summary>
    public required bool ClockSynced { get; init; }

    public IReadOnlyList<string> Addresses { get; init; } = [];

    public KubernetesReport? Kubernetes { get; init; }

    /// <summary>Pods that forbid to be interrupted.</summary>
    public IReadOnlyList<PodHold> Holds { get; init; } = [];

    /// <summary>What disks tell of their health, by kernel name; only NVMe disks do.</summary>
    public IReadOnlyDictionary<string, DiskFacts> Disks { get; init; } = new Dictionary<string, DiskFacts>();

    /// <summary>The update engine; null when the node has none.</summary>
    public UpdateFacts? Update { get; init; }
}

/// <summary>What the update engine says.</summary>
internal sealed record UpdateFacts
{
    public required UpdatePhase Phase { get; init; }

    public required string RunningVersion { get; init; }

    public string? Slot { get; init; }

    /// <summary>Version the update goes to; empty when there is none.</summary>
    public string Version { get; init; } = "";

    public string Message { get; init; } = "";

    /// <summary>How much is written, 0 to 100; null unless it is being written.</summary>
    public int? Percent { get; init; }

    public string FallbackVersion { get; init; } = "";

    public string FallbackReason { get; init; } = "";

    /// <summary>Versions that failed here, with the reason.</summary>
    public IReadOnlyDictionary<string, string> Failed { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<SlotReport> Slots { get; init; } = [];
}

/// <summary>Something that happened on the node, as the agent keeps it.</summary>
internal sealed record NodeHappening(string Id, DateTimeOffset Time, string Kind, EventSeverity Severity, string Message, string Stage, bool Ready);

/// <summary>The node did not do what was asked; the message says what and why.</summary>
internal sealed class NodeException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The node, as the agent asks it: machined's socket.</summary>
internal interface INode
{
    /// <exception cref="NodeException">It does not answer.</exception>
    Task<NodeFacts> FactsAsync(CancellationToken ct);

    /// <summary>What happens, from after an event on; null for everything of this boot. Ends when machined does.</summary>
    /// <param name="mark">The youngest event that is kept already.</param>
    /// <param name="ct">Cancels.</param>
    IAsyncEnumerable<NodeHappening> EventsAsync(EventMark? mark, CancellationToken ct);

    /// <summary>Installs a bundle and restarts into it; returns when the restart was begun.</summary>
    /// <param name="target">What.</param>
    /// <param name="authorities">Further CAs of the server it is on, PEM.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="NodeException">It was refused or failed.</exception>
    Task InstallAsync(UpdateTarget target, string authorities, CancellationToken ct);

    /// <exception cref="NodeException">It was refused.</exception>
    Task RebootAsync(CancellationToken ct);

    /// <exception cref="NodeException">It was refused.</exception>
    Task RollbackAsync(CancellationToken ct);

    /// <summary>Changes the machine config.</summary>
    /// <returns>What the node says of it.</returns>
    /// <exception cref="NodeException">It was refused.</exception>
    Task<string> PatchConfigAsync(string patch, CancellationToken ct);

    /// <summary>Logs and state for a person, compressed.</summary>
    /// <exception cref="NodeException">It was refused.</exception>
    Task WriteSupportBundleAsync(Stream output, CancellationToken ct);
}

/// <summary>Where the events of a node were read to.</summary>
/// <param name="BootId">The boot whose event it was; another boot's events are all new.</param>
/// <param name="Cursor">Id of the event.</param>
/// <param name="Stage">Stage of the machine by then.</param>
/// <param name="Ready">Whether it was ready by then.</param>
internal sealed record EventMark(string BootId, string Cursor, string Stage, bool Ready);
