using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent;

/// <summary>An event as it lies in the queue, and how far machined's events were read by then.</summary>
internal sealed record StoredEvent
{
    public required DateTimeOffset Time { get; init; }

    public bool Unsynced { get; init; }

    public required string BootId { get; init; }

    public required string Kind { get; init; }

    public EventSeverity Severity { get; init; }

    public required string Message { get; init; }

    /// <summary>Id of machined's last event that is in the queue, in this boot.</summary>
    public string? Cursor { get; init; }

    /// <summary>Stage of the machine by then.</summary>
    public string? Stage { get; init; }

    /// <summary>Whether the machine was ready by then.</summary>
    public bool Ready { get; init; }

    public NodeEvent ToEvent(long seq) => new()
    {
        Seq = seq,
        Time = Time,
        Unsynced = Unsynced,
        BootId = BootId,
        Kind = Kind,
        Severity = Severity,
        Message = Message,
    };
}
