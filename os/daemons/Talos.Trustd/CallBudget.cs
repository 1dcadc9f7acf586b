namespace Talos.Trustd;

/// <summary>How many calls are taken: a few at once, then a steady trickle, so that guessing a token takes for ever.</summary>
/// <param name="time">The clock.</param>
/// <param name="burst">Calls that may come at once.</param>
/// <param name="refill">Time after which one more may come.</param>
internal sealed class CallBudget(TimeProvider time, int burst, TimeSpan refill)
{
    private readonly Lock _gate = new();
    private double _left = burst;
    private long _seen = time.GetTimestamp();

    /// <summary>Takes one call; false when there is none left for now.</summary>
    public bool TryTake()
    {
        lock (_gate)
        {
            long now = time.GetTimestamp();
            _left = Math.Min(burst, _left + (time.GetElapsedTime(_seen, now) / refill));
            _seen = now;
            if (_left < 1)
            {
                return false;
            }

            _left--;
            return true;
        }
    }
}
