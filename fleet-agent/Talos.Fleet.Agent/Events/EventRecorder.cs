using System.Text.Json;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent;

/// <summary>Puts events into the queue, with the mark to read on from.</summary>
internal sealed class EventRecorder(OutgoingQueue queue, TimeProvider time)
{
    private const int PerHour = 120;

    private readonly Lock _gate = new();
    private readonly EventBudget _budget = new(PerHour, time);
    private EventMark? _mark;
    private string _boot = "";
    private bool _unsynced = true;

    /// <summary>Called when there is something to send.</summary>
    public event Action? Added;

    /// <summary>Names the boot; reads the mark out of the queue, if it is of this boot.</summary>
    public void Begin(NodeFacts facts)
    {
        lock (_gate)
        {
            _boot = facts.BootId;
            _unsynced = !facts.ClockSynced;
            if (queue.YoungestEvent() is { } youngest && Read(youngest.Payload.Span) is { Cursor: { } cursor } stored && stored.BootId == _boot)
            {
                _mark = new EventMark(_boot, cursor, stored.Stage ?? "", stored.Ready);
            }
        }
    }

    /// <summary>How far machined's events are in the queue.</summary>
    public EventMark? Mark
    {
        get
        {
            lock (_gate)
            {
                return _mark;
            }
        }
    }

    /// <summary>Whether the clock is set by now.</summary>
    public void SetClock(bool synced) => _unsynced = !synced;

    /// <summary>Adds what happened on the node.</summary>
    public void Add(NodeHappening happening)
    {
        lock (_gate)
        {
            _mark = new EventMark(_boot, happening.Id, happening.Stage, happening.Ready);
            Store(happening.Time, happening.Kind, happening.Severity, happening.Message);
        }

        Added?.Invoke();
    }

    /// <summary>Adds what happened to the agent.</summary>
    public void Add(string kind, EventSeverity severity, string message)
    {
        lock (_gate)
        {
            Store(time.GetUtcNow(), kind, severity, message);
        }

        Added?.Invoke();
    }

    /// <summary>An event of the queue; null when it cannot be read any more.</summary>
    public static StoredEvent? Read(ReadOnlySpan<byte> payload)
    {
        try
        {
            return JsonSerializer.Deserialize(payload, AgentJson.Default.StoredEvent);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Store(DateTimeOffset at, string kind, EventSeverity severity, string message)
    {
        if (!_budget.Take())
        {
            return;
        }

        if (_budget.Reset() is > 0 and var leftOut)
        {
            Write(time.GetUtcNow(), "events.left-out", EventSeverity.Warning, $"{leftOut} events were left out: more than {PerHour} an hour");
        }

        Write(at, kind, severity, message);
    }

    private void Write(DateTimeOffset at, string kind, EventSeverity severity, string message)
    {
        StoredEvent stored = new()
        {
            Time = at,
            Unsynced = _unsynced,
            BootId = _boot,
            Kind = kind,
            Severity = severity,
            Message = Clean(message),
            Cursor = _mark?.Cursor,
            Stage = _mark?.Stage,
            Ready = _mark?.Ready ?? false,
        };
        queue.AddEvent(JsonSerializer.SerializeToUtf8Bytes(stored, AgentJson.Default.StoredEvent));
    }

    /// <summary>As the schema takes it: no control characters, at most 1024 characters.</summary>
    internal static string Clean(string text)
    {
        string clean = string.Create(text.Length, text, static (span, t) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(t[i]) || char.IsSurrogate(t[i]) ? ' ' : t[i];
            }
        });
        return clean.Length <= 1024 ? clean : clean[..1024];
    }
}
