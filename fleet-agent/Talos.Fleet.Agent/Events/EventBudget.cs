namespace Talos.Fleet.Agent;

/// <summary>Keeps a service that fails in a loop from filling line and disk: so many events an hour.</summary>
internal sealed class EventBudget(int perHour, TimeProvider time)
{
    private double _left = perHour;
    private long _at = time.GetTimestamp();

    /// <summary>Events left out since the last one that was let through.</summary>
    public long LeftOut { get; private set; }

    /// <summary>Whether one more is let through.</summary>
    public bool Take()
    {
        long now = time.GetTimestamp();
        _left = Math.Min(perHour, _left + (time.GetElapsedTime(_at, now).TotalHours * perHour));
        _at = now;
        if (_left < 1)
        {
            LeftOut++;
            return false;
        }

        _left--;
        return true;
    }

    /// <summary>Begins to count what is left out anew.</summary>
    public long Reset()
    {
        long count = LeftOut;
        LeftOut = 0;
        return count;
    }
}
