using System.Collections.Concurrent;

namespace Talos.Fleet.Hub.Messaging;

/// <summary>What a node may send in a minute; a minute's worth may come at once.</summary>
/// <param name="Messages">Messages.</param>
/// <param name="Bytes">Bytes of their payloads.</param>
/// <param name="Connections">Connections it may begin.</param>
internal sealed record MinuteQuota(int Messages, long Bytes, int Connections);

/// <summary>Measures what nodes send. A node at its quota is slowed down, not cut off: what it has to say comes later, and nothing of it is lost.</summary>
internal sealed class NodeQuotas(MinuteQuota quota, TimeProvider time)
{
    private const int MaxNodes = 200_000;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<string, Usage> _nodes = new(StringComparer.Ordinal);

    /// <summary>Counts a message.</summary>
    /// <param name="node">Who sent it.</param>
    /// <param name="bytes">Its size.</param>
    /// <param name="tell">Whether to write a line: once a minute for a node.</param>
    /// <returns>How long the next message has to wait; zero below the quota.</returns>
    public TimeSpan Message(string node, long bytes, out bool tell)
    {
        Usage usage = Of(node);
        lock (usage)
        {
            Refill(usage);
            usage.Messages--;
            usage.Bytes -= bytes;
            double seconds = Math.Max(-usage.Messages * 60 / quota.Messages, -usage.Bytes * 60 / quota.Bytes);
            tell = seconds > 0 && Tell(usage);
            TimeSpan wait = TimeSpan.FromSeconds(Math.Max(0, seconds));
            return wait < LongestPause ? wait : LongestPause;
        }
    }

    /// <summary>Counts a message that cannot be made to wait.</summary>
    /// <returns>Whether it is within the quota; it is not counted when it is not.</returns>
    public bool MayPass(string node, long bytes, out bool tell)
    {
        Usage usage = Of(node);
        lock (usage)
        {
            Refill(usage);
            bool fits = usage.Messages >= 1 && usage.Bytes >= bytes;
            usage.Messages -= fits ? 1 : 0;
            usage.Bytes -= fits ? bytes : 0;
            tell = !fits && Tell(usage);
            return fits;
        }
    }

    /// <summary>Counts a connection.</summary>
    /// <returns>Whether it is within the quota.</returns>
    public bool MayConnect(string node)
    {
        Usage usage = Of(node);
        lock (usage)
        {
            Refill(usage);
            bool fits = usage.Connections >= 1;
            usage.Connections -= fits ? 1 : 0;
            return fits;
        }
    }

    private Usage Of(string node)
    {
        if (_nodes.TryGetValue(node, out Usage? usage))
        {
            return usage;
        }

        if (_nodes.Count >= MaxNodes)
        {
            // Who is quiet starts again with a full quota, which it has anyway.
            foreach ((string name, Usage old) in _nodes)
            {
                if (time.GetElapsedTime(old.At) > TimeSpan.FromMinutes(1))
                {
                    _nodes.TryRemove(name, out _);
                }
            }
        }

        return _nodes.Count >= MaxNodes
            ? new Usage(quota, time.GetTimestamp())
            : _nodes.GetOrAdd(node, _ => new Usage(quota, time.GetTimestamp()));
    }

    private void Refill(Usage usage)
    {
        long now = time.GetTimestamp();
        double minutes = time.GetElapsedTime(usage.At, now).TotalMinutes;
        usage.At = now;
        usage.Messages = Math.Min(quota.Messages, usage.Messages + (minutes * quota.Messages));
        usage.Bytes = Math.Min(quota.Bytes, usage.Bytes + (minutes * quota.Bytes));
        usage.Connections = Math.Min(quota.Connections, usage.Connections + (minutes * quota.Connections));
    }

    private bool Tell(Usage usage)
    {
        bool due = usage.Told is not { } told || time.GetElapsedTime(told) >= TimeSpan.FromMinutes(1);
        usage.Told = due ? time.GetTimestamp() : usage.Told;
        return due;
    }

    private sealed class Usage(MinuteQuota quota, long now)
    {
        public long At { get; set; } = now;

        public long? Told { get; set; }

        public double Messages { get; set; } = quota.Messages;

        public double Bytes { get; set; } = quota.Bytes;

        public double Connections { get; set; } = quota.Connections;
    }
}
