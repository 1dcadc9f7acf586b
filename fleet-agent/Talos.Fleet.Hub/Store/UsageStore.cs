namespace Talos.Fleet.Hub.Store;

/// <summary>What of a node's history is kept of one day; the database grows by no more.</summary>
/// <param name="Rows">Events and measurements.</param>
/// <param name="Bytes">Bytes of them.</param>
/// <param name="Streams">Streams of events it may begin: one for each disk.</param>
internal sealed record DayQuota(int Rows, long Bytes, int Streams)
{
    /// <summary>While the disk is full.</summary>
    public static DayQuota Nothing { get; } = new(0, 0, 0);
}

/// <summary>Counts what a node adds to the history in a day.</summary>
internal sealed class UsageStore(SqlSession s, string node, DayQuota quota, DateTimeOffset now)
{
    private readonly long _day = now.ToUnixTimeSeconds() / 86400;
    private long _rows;
    private long _bytes;
    private long _streams;
    private bool _changed;

    /// <summary>Reads what was used today; the node's row is locked by the caller.</summary>
    public static UsageStore Load(SqlSession s, string node, DayQuota quota, DateTimeOffset now)
    {
        UsageStore usage = new(s, node, quota, now);
        foreach ((long rows, long bytes, long streams) in s.Query(
            "SELECT used, bytes, streams FROM day_usage WHERE node=@n AND day=@d", r => (r.Number(0), r.Number(1), r.Number(2)), ("@n", node), ("@d", usage._day)))
        {
            (usage._rows, usage._bytes, usage._streams) = (rows, bytes, streams);
        }

        return usage;
    }

    /// <summary>Takes room for a row.</summary>
    public bool Row(int bytes)
    {
        bool fits = _rows < quota.Rows && _bytes + bytes <= quota.Bytes;
        (_rows, _bytes, _changed) = fits ? (_rows + 1, _bytes + bytes, true) : (_rows, _bytes, _changed);
        return fits;
    }

    /// <summary>Takes room for a stream.</summary>
    public bool Stream()
    {
        bool fits = _streams < quota.Streams;
        (_streams, _changed) = fits ? (_streams + 1, true) : (_streams, _changed);
        return fits;
    }

    public void Save()
    {
        if (_changed)
        {
            s.Execute(
                """
                INSERT INTO day_usage (node, day, used, bytes, streams) VALUES (@n, @d, @r, @b, @s)
                ON CONFLICT (node, day) DO UPDATE SET used=excluded.used, bytes=excluded.bytes, streams=excluded.streams
                """,
                ("@n", node), ("@d", _day), ("@r", _rows), ("@b", _bytes), ("@s", _streams));
        }
    }

    /// <summary>Forgets the days before yesterday.</summary>
    public static void Prune(SqlSession s, DateTimeOffset now) => s.Execute("DELETE FROM day_usage WHERE day < @d", ("@d", (now.ToUnixTimeSeconds() / 86400) - 1));
}
