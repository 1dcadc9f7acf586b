namespace Talos.Time.Ntp;

/// <summary>NTP's timestamps: seconds since 1900 in 32 bits and a fraction in 32 bits.</summary>
/// <remarks>Source: RFC 5905, section 6. The seconds run over in 2036, so a time is read near one that is known.</remarks>
internal static class NtpTime
{
    private const double UnitsPerSecond = 4294967296.0;
    private const ulong EraSeconds = 1UL << 32;
    private static readonly DateTimeOffset Epoch = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The timestamp of a time.</summary>
    public static ulong From(DateTimeOffset time)
    {
        long ticks = (time - Epoch).Ticks;
        ulong seconds = (ulong)(ticks / TimeSpan.TicksPerSecond);
        ulong fraction = (ulong)(ticks % TimeSpan.TicksPerSecond / (double)TimeSpan.TicksPerSecond * UnitsPerSecond);
        return (seconds << 32) | Math.Min(fraction, uint.MaxValue);
    }

    /// <summary>The time of a timestamp that lies nearest to <paramref name="near"/>: at most 68 years away.</summary>
    public static DateTimeOffset ToTime(ulong timestamp, DateTimeOffset near)
    {
        ulong known = (ulong)((near - Epoch).Ticks / TimeSpan.TicksPerSecond);
        ulong seconds = (known & ~(EraSeconds - 1)) | (timestamp >> 32);
        if (seconds > known + (EraSeconds / 2) && seconds >= EraSeconds)
        {
            seconds -= EraSeconds;
        }
        else if (seconds + (EraSeconds / 2) < known)
        {
            seconds += EraSeconds;
        }

        double fraction = (uint)timestamp / UnitsPerSecond;
        return Epoch.AddTicks(((long)seconds * TimeSpan.TicksPerSecond) + (long)(fraction * TimeSpan.TicksPerSecond));
    }

    /// <summary>NTP's short format: seconds in 16 bits and a fraction in 16 bits.</summary>
    public static TimeSpan FromShort(uint value) => TimeSpan.FromTicks((long)(value / 65536.0 * TimeSpan.TicksPerSecond));
}
