namespace Talos.Fleet.Agent;

/// <summary>Counts how long something was held back, by the clock that does not jump, and notices when the other one does.</summary>
internal sealed class HoldClock(TimeProvider time)
{
    /// <summary>A clock that is slewed moves less between two looks.</summary>
    private static readonly TimeSpan Smallest = TimeSpan.FromMinutes(1);

    private string? _what;
    private long _from;
    private (DateTimeOffset Shown, long At)? _seen;

    /// <summary>How long it has been held since this was first asked; something else begins anew.</summary>
    public TimeSpan Held(string what)
    {
        if (_what != what)
        {
            (_what, _from, _seen) = (what, time.GetTimestamp(), null);
        }

        return time.GetElapsedTime(_from);
    }

    /// <summary>By how much the wall clock was set since the last look; zero when it went on.</summary>
    /// <param name="now">What it shows; null while it cannot be trusted.</param>
    public TimeSpan Jump(DateTimeOffset? now)
    {
        if (now is not { } shown)
        {
            return TimeSpan.Zero;
        }

        TimeSpan jump = _seen is { } seen ? shown - seen.Shown - time.GetElapsedTime(seen.At) : TimeSpan.Zero;
        _seen = (shown, time.GetTimestamp());
        return jump.Duration() < Smallest ? TimeSpan.Zero : jump;
    }

    /// <summary>A time moved along with the clock, within what a time can be.</summary>
    public static DateTimeOffset Moved(DateTimeOffset at, TimeSpan by) =>
        new(Math.Clamp(at.UtcTicks + by.Ticks, DateTimeOffset.MinValue.UtcTicks, DateTimeOffset.MaxValue.UtcTicks), TimeSpan.Zero);
}
