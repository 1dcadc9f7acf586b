using System.Globalization;
using Talos.Config;

namespace Talos.Machined.Watchdogs;

/// <summary>A watchdog to arm.</summary>
/// <param name="Device">Its device.</param>
/// <param name="Timeouts">Times without a feed to ask the driver for, the best first: drivers differ in how long they can wait.</param>
internal sealed record WantedWatchdog(string Device, IReadOnlyList<TimeSpan> Timeouts)
{
    /// <inheritdoc/>
    public bool Equals(WantedWatchdog? other) =>
        other is not null && other.Device == Device && other.Timeouts.SequenceEqual(Timeouts);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Device, Timeouts.Count);
}

/// <summary>How long a part of the first process has left a question without an answer.</summary>
/// <param name="Part">The part, such as <c>controller runtime</c>.</param>
/// <param name="Silent">Null when it has answered.</param>
internal readonly record struct PartSilence(string Part, TimeSpan? Silent);

/// <summary>Which watchdog is armed, and when it may be fed.</summary>
internal static class WatchdogRules
{
    /// <summary>Kernel argument with the board's watchdog device.</summary>
    public const string Argument = "talos.watchdog";

    /// <summary>Feeds within one timeout.</summary>
    public const int FeedsPerTimeout = 4;

    /// <summary>A minute, or what the slowest of the known drivers can do: bcm2835 counts to 15 s.</summary>
    private static readonly IReadOnlyList<TimeSpan> BoardTimeouts = [TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(15)];

    /// <summary>The machine config's watchdog; without one the board's; null when there is neither.</summary>
    public static WantedWatchdog? Wanted(WatchdogConfiguration? config, string? board) => config is not null
        ? new WantedWatchdog(config.Device, [config.Timeout])
        : board is { Length: > 0 } ? new WantedWatchdog(board, BoardTimeouts) : null;

    /// <summary>Why the watchdog is not fed: a part that has been silent for half the timeout. Null when it may be fed.</summary>
    public static string? Objection(IEnumerable<PartSilence> parts, TimeSpan timeout)
    {
        PartSilence worst = parts.MaxBy(p => p.Silent ?? TimeSpan.Zero);
        return worst.Silent is { } silent && silent >= timeout / 2
            ? string.Create(CultureInfo.InvariantCulture, $"{worst.Part} has not answered for {silent.TotalSeconds:0} s")
            : null;
    }
}
