using Google.Protobuf.WellKnownTypes;
using Talos.Api.Machine;
using Talos.Cosi;
using Talos.Machined.Node;
using Talos.Resources.Network;
using MachineStatus = Talos.Resources.Runtime.MachineStatus;
using ServiceInfo = Talos.Services.ServiceInfo;

namespace Talos.Machined.Events;

/// <summary>Turns what happens on the node into events of the API.</summary>
internal sealed class EventPublisher
{
    private readonly EventLog _log;
    private readonly IState _state;

    /// <summary>Listens from here on.</summary>
    public EventPublisher(EventLog log, NodeEvents events, IState state)
    {
        _log = log;
        _state = state;
        events.ServiceChanged += OnService;
        events.SequenceChanged += OnSequence;
        events.PhaseChanged += (actor, phase, started) => _log.Publish(
            nameof(PhaseEvent),
            new PhaseEvent { Phase = phase, Action = started ? PhaseEvent.Types.Action.Start : PhaseEvent.Types.Action.Stop },
            actor);
        events.TaskChanged += (actor, task, started) => _log.Publish(
            nameof(TaskEvent),
            new TaskEvent { Task = task, Action = started ? TaskEvent.Types.Action.Start : TaskEvent.Types.Action.Stop },
            actor);
        events.ConfigLoadFailed += error => _log.Publish(nameof(ConfigLoadErrorEvent), new ConfigLoadErrorEvent { Error = error });
        events.ConfigValidationFailed += error => _log.Publish(nameof(ConfigValidationErrorEvent), new ConfigValidationErrorEvent { Error = error });
        state.Changed += OnResource;
    }

    /// <summary>What is known of a service's health, as the API says it.</summary>
    internal static Talos.Api.Machine.ServiceHealth Health(ServiceInfo service) => new()
    {
        Unknown = service.Health.Unknown,
        Healthy = service.Health.Healthy,
        LastMessage = service.Health.Message,
        LastChange = Timestamp.FromDateTimeOffset(service.HealthChanged),
    };

    private void OnService(ServiceInfo service) => _log.Publish(nameof(ServiceStateEvent), new ServiceStateEvent
    {
        Service = service.Id,
        Action = (ServiceStateEvent.Types.Action)(int)service.State,
        Message = service.Message,
        Health = Health(service),
    });

    private void OnSequence(string actor, string sequence, bool started, string? error)
    {
        SequenceEvent happened = new() { Sequence = sequence, Action = started ? SequenceEvent.Types.Action.Start : SequenceEvent.Types.Action.Stop };
        if (error is not null)
        {
            happened.Error = new Talos.Api.Common.Error { Code = Talos.Api.Common.Code.Fatal, Message = error };
        }

        _log.Publish(nameof(SequenceEvent), happened, actor);
    }

    // Called inside the lock of the state: it only reads what the change carries, and takes note.
    private void OnResource(StateEvent change)
    {
        if (change.Kind is StateEventKind.Destroyed)
        {
            return;
        }

        switch (change.Resource)
        {
            case Resource<MachineStatus> status when (change.Old as Resource<MachineStatus>)?.Spec != status.Spec:
                _log.Publish(nameof(MachineStatusEvent), Status(status.Spec));
                break;
            case Resource<NodeAddress> { Id: NodeAddress.Current } addresses when (change.Old as Resource<NodeAddress>)?.Spec != addresses.Spec:
                AddressEvent happened = new()
                {
                    Hostname = (_state.Get(new ResourceAddress(HostnameStatus.Definition.Namespace, HostnameStatus.Definition.Type, "hostname"))
                        as Resource<HostnameStatus>)?.Spec.Hostname ?? "",
                };
                happened.Addresses.AddRange(addresses.Spec.Addresses.Select(a => a.Address.ToString()));
                _log.Publish(nameof(AddressEvent), happened);
                break;
        }
    }

    private static MachineStatusEvent Status(MachineStatus status)
    {
        MachineStatusEvent happened = new()
        {
            Stage = (MachineStatusEvent.Types.MachineStage)(int)status.Stage,
            Status = new MachineStatusEvent.Types.MachineStatus { Ready = status.Status.Ready },
        };
        happened.Status.UnmetConditions.AddRange(status.Status.UnmetConditions.Select(c =>
            new MachineStatusEvent.Types.MachineStatus.Types.UnmetCondition { Name = c.Name, Reason = c.Reason }));
        return happened;
    }
}
