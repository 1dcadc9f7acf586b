namespace Talos.Config;

/// <summary>Updates of the system: when a new version is kept, and how it is fetched.</summary>
public sealed record UpdateConfiguration
{
    /// <summary>Time from the start of the first process in which a trial has to be healthy; 1 minute to 2 hours.</summary>
    public TimeSpan HealthDeadline { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Checks a trial has to pass besides the node's own.</summary>
    public IReadOnlyList<UpdateProbe> Probes { get; init; } = [];

    /// <summary>Most bytes a second a download takes; 0 for as many as there are.</summary>
    public long BytesPerSecond { get; init; }

    /// <summary>HTTP proxy of downloads; null for none.</summary>
    public Uri? Proxy { get; init; }
}

/// <summary>A page that has to answer with a status of 200 to 299.</summary>
/// <param name="Name">As it is told.</param>
/// <param name="Url">The page; http or https.</param>
/// <param name="Timeout">Longest time to wait for the answer; 1 s to 1 minute.</param>
public sealed record UpdateProbe(string Name, Uri Url, TimeSpan Timeout);
