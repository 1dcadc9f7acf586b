namespace Talos.Services.Machine;

/// <summary>What the runner has to do next; it reports back with a <see cref="ServiceInput"/>.</summary>
internal abstract record ServiceEffect
{
    /// <summary>Nothing.</summary>
    public sealed record None : ServiceEffect;

    /// <summary>Wait until all dependencies are up.</summary>
    public sealed record AwaitDependencies(int Attempt) : ServiceEffect;

    /// <summary>Make the cgroup and directories.</summary>
    public sealed record Prepare(int Attempt) : ServiceEffect;

    /// <summary>Start the process.</summary>
    public sealed record Launch(int Attempt) : ServiceEffect;

    /// <summary>SIGTERM, then SIGKILL of the whole cgroup when it takes too long.</summary>
    public sealed record Terminate : ServiceEffect;

    /// <summary>Report back after the pause.</summary>
    public sealed record Pause(int Attempt, TimeSpan Delay) : ServiceEffect;

    /// <summary>Drop the pause or the wait that is under way.</summary>
    public sealed record Cancel : ServiceEffect;
}
