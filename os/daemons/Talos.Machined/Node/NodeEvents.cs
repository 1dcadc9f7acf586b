using Talos.Machined.Configuration;
using Talos.Machined.Sequences;
using Talos.Services;

namespace Talos.Machined.Node;

/// <summary>Passes on what happens on the node to whoever listens; listeners take note and return.</summary>
internal sealed class NodeEvents : IServiceEvents, ISequenceEvents, IConfigurationEvents
{
    /// <summary>A service entered another state or its health changed.</summary>
    public event Action<ServiceInfo>? ServiceChanged;

    /// <summary>A sequence began or ended: actor id, name, whether it began, error.</summary>
    public event Action<string, string, bool, string?>? SequenceChanged;

    /// <summary>A phase began or ended: actor id, name, whether it began.</summary>
    public event Action<string, string, bool>? PhaseChanged;

    /// <summary>A task began or ended: actor id, name, whether it began.</summary>
    public event Action<string, string, bool>? TaskChanged;

    /// <summary>A stored config could not be used.</summary>
    public event Action<string>? ConfigLoadFailed;

    /// <summary>A config was refused.</summary>
    public event Action<string>? ConfigValidationFailed;

    void IConfigurationEvents.LoadFailed(string error) => ConfigLoadFailed?.Invoke(error);

    void IConfigurationEvents.ValidationFailed(string error) => ConfigValidationFailed?.Invoke(error);

    void IServiceEvents.Changed(ServiceInfo service) => ServiceChanged?.Invoke(service);

    void ISequenceEvents.Sequence(string actorId, string sequence, bool started, string? error) =>
        SequenceChanged?.Invoke(actorId, sequence, started, error);

    void ISequenceEvents.Phase(string actorId, string phase, bool started) => PhaseChanged?.Invoke(actorId, phase, started);

    void ISequenceEvents.Task(string actorId, string task, bool started) => TaskChanged?.Invoke(actorId, task, started);
}
