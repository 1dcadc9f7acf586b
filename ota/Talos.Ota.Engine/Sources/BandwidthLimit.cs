namespace Talos.Ota.Engine.Sources;

/// <summary>Keeps a download to so many bytes a second, on average; half a second's worth may come at once.</summary>
internal sealed class BandwidthLimit(long bytesPerSecond, TimeProvider clock)
{
    private const int BurstsPerSecond = 2;
    private const int SmallestRead = 4096;

    private long _freeFrom = clock.GetTimestamp();

    /// <summary>How much to read at once at most.</summary>
    public int ReadSize { get; } = (int)Math.Clamp(bytesPerSecond / BurstsPerSecond, SmallestRead, 1 << 20);

    /// <summary>Waits until what was read fits the limit.</summary>
    public async ValueTask AccountAsync(int bytes, CancellationToken ct)
    {
        long now = clock.GetTimestamp();
        long busy = (long)((double)bytes / bytesPerSecond * clock.TimestampFrequency);
        _freeFrom = Math.Max(_freeFrom, now - (clock.TimestampFrequency / BurstsPerSecond)) + busy;
        if (_freeFrom > now)
        {
            await Task.Delay(clock.GetElapsedTime(now, _freeFrom), clock, ct).ConfigureAwait(false);
        }
    }
}
