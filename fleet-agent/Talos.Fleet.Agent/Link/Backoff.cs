using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent;

/// <summary>How long to wait before the next try; random, so that a fleet does not come back all at once.</summary>
internal static class Backoff
{
    /// <summary>The longest wait.</summary>
    public static readonly TimeSpan Longest = FleetDefaults.LongestPause;

    private static readonly TimeSpan First = TimeSpan.FromSeconds(2);

    /// <summary>The wait before a try.</summary>
    /// <param name="failures">Tries that failed in a row, from 1.</param>
    /// <param name="chance">0 to 1, evenly spread.</param>
    /// <returns>Between half and the whole of 2 s, 4 s, 8 s ... 10 min.</returns>
    public static TimeSpan Delay(int failures, double chance)
    {
        TimeSpan most = failures > 20 ? Longest : First * Math.Pow(2, Math.Max(failures, 1) - 1);
        most = most > Longest ? Longest : most;
        return most * (0.5 + (Math.Clamp(chance, 0, 1) / 2));
    }
}
