using Talos.Machined.Sequences;
using Talos.Services;

namespace Talos.Machined.Node;

/// <summary>Passes on what happens on the node to whoever listens; listeners take note and return.</summary>
internal sealed class NodeEvents : IServiceEvents, ISequenceEvents
{
    /// <summary>A service entered another state or its health changed.</summary>
    public event Action<ServiceInfo>? ServiceChanged;

    /// <summary>A sequence began or ended: actor id, name, whether it began, error.</summary>
    public event Action<string, string, bool, string?>? SequenceChanged;

    /// <summary>A phase began or ended: actor id, name, whether it began.</summary>
    public event Action<string, string, bool>? PhaseChanged;

    /// <summary>A task began or ended: actor id, name, whether it began.</summary>
    public event Action<string, string, bool>? TaskChanged;

    void IServiceEvents.Changed(ServiceInfo service) => ServiceChanged?.Invoke(service);

    void ISequenceEvents.Sequence(string actorId, string sequence, bool started, string? error) =>
        SequenceChanged?.Invoke(actorId, sequence, started, error);

    void ISequenceEvents.Phase(string actorId, string phase, bool started) => PhaseChanged?.Invoke(actorId, phase, started);

    void ISequenceEvents.Task(string actorId, string task, bool started) => TaskChanged?.Invoke(actorId, task, started);
}
