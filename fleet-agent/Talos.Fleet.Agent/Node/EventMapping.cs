using Google.Protobuf;
using Talos.Api.Machine;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent;

/// <summary>Which of machined's events the hub hears of, and in which words.</summary>
/// <param name="mark">Where reading goes on; null at the start of the boot.</param>
internal sealed class EventMapping(EventMark? mark)
{
    private static readonly string[] Sequences = ["reboot", "shutdown", "upgrade", "reset"];

    private string _stage = mark?.Stage ?? "";
    private bool _ready = mark?.Ready ?? false;

    /// <summary>The event as the hub hears of it; null when it does not.</summary>
    public NodeHappening? Map(Event happened, DateTimeOffset now)
    {
        (string Kind, EventSeverity Severity, string Message)? said = null;
        try
        {
            if (happened.Data.TryUnpack(out ServiceStateEvent service))
            {
                said = Service(service);
            }
            else if (happened.Data.TryUnpack(out SequenceEvent sequence))
            {
                said = Sequence(sequence);
            }
            else if (happened.Data.TryUnpack(out MachineStatusEvent status))
            {
                said = Status(status);
            }
            else if (happened.Data.TryUnpack(out AddressEvent addresses))
            {
                said = ("addresses.changed", EventSeverity.Info, $"{addresses.Hostname}: {string.Join(", ", addresses.Addresses)}");
            }
            else if (happened.Data.TryUnpack(out ConfigLoadErrorEvent load))
            {
                said = ("config.not-loaded", EventSeverity.Error, load.Error);
            }
            else if (happened.Data.TryUnpack(out ConfigValidationErrorEvent invalid))
            {
                said = ("config.refused", EventSeverity.Error, invalid.Error);
            }
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }

        return said is var (kind, severity, message) ? new NodeHappening(happened.Id, Time(happened.Id) ?? now, kind, severity, message, _stage, _ready) : null;
    }

    private static (string, EventSeverity, string)? Service(ServiceStateEvent e) => e.Action switch
    {
        ServiceStateEvent.Types.Action.Failed => ("service.failed", EventSeverity.Warning, $"{e.Service}: {e.Message}"),
        ServiceStateEvent.Types.Action.Running when e.Health is { Unknown: false, Healthy: false } =>
            ("service.unhealthy", EventSeverity.Warning, $"{e.Service}: {e.Health.LastMessage}"),
        ServiceStateEvent.Types.Action.Running when e.Health is { Unknown: false, Healthy: true } => ("service.healthy", EventSeverity.Info, e.Service),
        _ => null,
    };

    private static (string, EventSeverity, string)? Sequence(SequenceEvent e) =>
        e.Error is not null ? ("sequence.failed", EventSeverity.Error, $"{e.Sequence}: {e.Error.Message}")
        : Sequences.Contains(e.Sequence) && e.Action is SequenceEvent.Types.Action.Start ? ("sequence.started", EventSeverity.Info, e.Sequence)
        : null;

    private (string, EventSeverity, string)? Status(MachineStatusEvent e)
    {
        string stage = e.Stage.ToString().ToLowerInvariant();
        bool ready = e.Status?.Ready ?? false;
        (string before, bool wasReady) = (_stage, _ready);
        (_stage, _ready) = (stage, ready);
        return stage != before ? ("stage.changed", EventSeverity.Info, stage)
            : ready == wasReady ? null
            : ready ? ("node.ready", EventSeverity.Info, stage)
            : ("node.not-ready", EventSeverity.Warning, string.Join("; ", e.Status?.UnmetConditions.Select(c => $"{c.Name}: {c.Reason}") ?? []));
    }

    /// <summary>The first 4 bytes of an xid are its time in seconds.</summary>
    internal static DateTimeOffset? Time(string xid)
    {
        const string Alphabet = "0123456789abcdefghijklmnopqrstuv";
        if (xid.Length != 20)
        {
            return null;
        }

        ulong bits = 0;
        for (int i = 0; i < 7; i++)
        {
            int digit = Alphabet.IndexOf(xid[i], StringComparison.Ordinal);
            if (digit < 0)
            {
                return null;
            }

            bits = (bits << 5) | (uint)digit;
        }

        return DateTimeOffset.FromUnixTimeSeconds((long)(bits >> 3));
    }
}
