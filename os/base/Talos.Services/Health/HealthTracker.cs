namespace Talos.Services.Health;

/// <summary>Turns single answers into health: one good answer heals, several bad ones in a row make ill.</summary>
/// <param name="Health">The verdict so far.</param>
/// <param name="Misses">Bad answers in a row.</param>
internal sealed record HealthTracker(ServiceHealth Health, int Misses)
{
    private static readonly TimeSpan WhileNotHealthy = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterMiss = TimeSpan.FromSeconds(3);

    /// <summary>Before the first answer.</summary>
    public static HealthTracker Initial { get; } = new(ServiceHealth.None, 0);

    /// <summary>Time to the next question: whoever is well is asked seldom, doubt is cleared up soon.</summary>
    /// <param name="interval">Between two good answers.</param>
    public TimeSpan Pause(TimeSpan interval)
    {
        TimeSpan pause = !Health.Healthy ? WhileNotHealthy : Misses > 0 ? AfterMiss : interval;
        return pause < interval ? pause : interval;
    }

    /// <summary>Takes one answer.</summary>
    /// <param name="problem">Null when the check was good.</param>
    /// <param name="threshold">Bad answers in a row that make a healthy service ill; 1 or more.</param>
    /// <param name="starting">Within the time a service has to come up: before its first good answer a bad one says nothing.</param>
    public HealthTracker With(string? problem, int threshold, bool starting)
    {
        if (problem is null)
        {
            return new HealthTracker(new ServiceHealth(false, true, ""), 0);
        }

        int misses = Misses + 1;
        if (Health.Unknown && starting)
        {
            return this with { Misses = misses };
        }

        bool ill = !Health.Healthy || misses >= threshold;
        return ill ? new HealthTracker(new ServiceHealth(false, false, problem), misses) : this with { Misses = misses };
    }
}
