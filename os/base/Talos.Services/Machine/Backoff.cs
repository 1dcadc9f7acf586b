namespace Talos.Services.Machine;

/// <summary>How long to wait before a failed service is started again.</summary>
internal static class Backoff
{
    /// <summary>The pause after the first failure.</summary>
    public static readonly TimeSpan First = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>A run at least this long makes the next failure the first one again.</summary>
    public static readonly TimeSpan Stable = TimeSpan.FromMinutes(1);

    /// <summary>Doubles with every failure in a row up to <see cref="Longest"/>, then is spread by a fifth either way.</summary>
    /// <param name="failures">Failures in a row, this one included; 1 or more.</param>
    /// <param name="jitter">A random number of 0 up to 1, so that services that fell together do not rise together.</param>
    public static TimeSpan After(int failures, double jitter)
    {
        int doublings = Math.Clamp(failures - 1, 0, 10);
        TimeSpan delay = First * (1 << doublings);
        TimeSpan bounded = delay < Longest ? delay : Longest;
        return bounded * (0.8 + (0.4 * Math.Clamp(jitter, 0, 1)));
    }
}
