namespace Talos.Config;

/// <summary>Time synchronisation: <c>machine.time</c> or the document TimeSyncConfig.</summary>
public sealed record TimeConfiguration
{
    /// <summary>False: the clock is left alone.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>NTP servers; empty when not set.</summary>
    public IReadOnlyList<string> Servers { get; init; } = [];

    /// <summary>How long the boot waits for the time; null waits without end.</summary>
    public TimeSpan? BootTimeout { get; init; }
}
