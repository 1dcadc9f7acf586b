namespace Talos.Machined.Stalls;

/// <summary>What is known of the first process while it brings the node up.</summary>
/// <param name="SincePulse">Since its thread pool last did something that was asked of it.</param>
/// <param name="SinceProgress">Since a sequence, phase, task or service last changed.</param>
/// <param name="Early">Whether nothing in this part of the boot has to wait for anybody outside the node.</param>
internal readonly record struct StallFacts(TimeSpan SincePulse, TimeSpan SinceProgress, bool Early);

/// <summary>When a boot counts as one that stands still.</summary>
internal static class StallRules
{
    /// <summary>Longest time in which the thread pool does nothing.</summary>
    public static readonly TimeSpan PulseLimit = TimeSpan.FromSeconds(10);

    /// <summary>Longest time without progress in the early part; making a file system on a slow card is the longest step of it.</summary>
    public static readonly TimeSpan ProgressLimit = TimeSpan.FromSeconds(30);

    /// <summary>Time after which the watcher takes a first process that says nothing for stuck: long before any watchdog acts.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);

    /// <summary>Whether the boot moves.</summary>
    public static bool Moves(StallFacts facts) =>
        facts.SincePulse < PulseLimit && (!facts.Early || facts.SinceProgress < ProgressLimit);
}
