namespace Talos.Services.Machine;

/// <summary>Something that happened to a service.</summary>
internal abstract record ServiceInput
{
    /// <summary>Somebody wants the service up.</summary>
    public sealed record Start : ServiceInput;

    /// <summary>Somebody wants the service down.</summary>
    public sealed record Stop : ServiceInput;

    /// <summary>Stop, when it runs, and start again.</summary>
    public sealed record Restart(string Reason) : ServiceInput;

    /// <summary>Everything the service depends on is up and healthy.</summary>
    public sealed record DependenciesReady(int Attempt) : ServiceInput;

    /// <summary>The service's cgroup and paths are there.</summary>
    public sealed record Prepared(int Attempt) : ServiceInput;

    /// <summary>The process runs.</summary>
    public sealed record Launched(int Pid) : ServiceInput;

    /// <summary>Preparing or launching did not work.</summary>
    public sealed record Failed(int Attempt, string Problem) : ServiceInput;

    /// <summary>The process ended.</summary>
    /// <param name="Success">Exit code 0.</param>
    /// <param name="How">In words: <c>exit code 1</c>, <c>signal 9</c>.</param>
    /// <param name="RanFor">From launch to end.</param>
    public sealed record Exited(bool Success, string How, TimeSpan RanFor) : ServiceInput;

    /// <summary>The pause before the next attempt is over.</summary>
    public sealed record RestartDue(int Attempt) : ServiceInput;
}
