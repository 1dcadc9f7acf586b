namespace Talos.Testing;

/// <summary>A clock whose wall time jumps, as a time server or a person sets it, while its monotonic time and its timers go on.</summary>
/// <param name="steady">What goes on; a <see cref="ManualTime"/> when nothing is said.</param>
public sealed class JumpingTimeProvider(TimeProvider? steady = null) : TimeProvider
{
    /// <summary>The jumps that every timed component must stand: the life of a board's battery, either way.</summary>
    public static readonly TimeSpan TwentyYears = TimeSpan.FromDays(20 * 365.25);

    private readonly TimeProvider _steady = steady ?? new ManualTime();
    private long _jumped;

    /// <summary>The time below, when it is moved by hand.</summary>
    public ManualTime Manual => (ManualTime)_steady;

    public override DateTimeOffset GetUtcNow() => _steady.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _jumped));

    public override long TimestampFrequency => _steady.TimestampFrequency;

    public override long GetTimestamp() => _steady.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        // As the system's timers do, which hold no more than 49 days.
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dueTime.TotalMilliseconds, uint.MaxValue - 1, nameof(dueTime));
        return _steady.CreateTimer(callback, state, dueTime, period);
    }

    /// <summary>Sets the wall clock forward, or back when it is negative; nothing else moves.</summary>
    public void Jump(TimeSpan by) => Interlocked.Add(ref _jumped, by.Ticks);

    /// <summary>The wall clock is set before each step of time: 20 years forward, 20 years back, right, and so on.</summary>
    public bool Restless { get; init; }

    /// <summary>Timers that wait for a time.</summary>
    public int Pending => Manual.Pending;

    /// <summary>Lets time pass: for the wall clock, the monotonic one and the timers.</summary>
    public void Advance(TimeSpan by)
    {
        if (Restless)
        {
            Jump((_step++ % 3) switch { 0 => TwentyYears, 1 => -2 * TwentyYears, _ => TwentyYears });
        }

        Manual.Advance(by);
    }

    private int _step;
}
