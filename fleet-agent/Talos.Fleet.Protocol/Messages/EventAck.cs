namespace Talos.Fleet.Protocol;

/// <summary>Topic <c>ack</c>: all events up to a number are in the hub's database.</summary>
public sealed record EventAck
{
    /// <summary>The queue the number counts in.</summary>
    public required string Stream { get; init; }

    /// <summary>The highest number without a gap below it; 0 for none.</summary>
    public required long Seq { get; init; }
}
