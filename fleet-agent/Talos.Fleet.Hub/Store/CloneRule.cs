using System.Text.Json;
using System.Text.Json.Serialization;

namespace Talos.Fleet.Hub.Store;

/// <summary>A boot that a node spoke of.</summary>
/// <param name="Id">Its id, which the kernel draws at each start.</param>
/// <param name="Last">When it was heard of last.</param>
internal sealed record Boot(string Id, DateTimeOffset Last);

/// <summary>What is kept of a node to tell whether two devices use its identity.</summary>
internal sealed record BootHistory
{
    /// <summary>The last boots, the present one last.</summary>
    public IReadOnlyList<Boot> Boots { get; init; } = [];

    /// <summary>When a boot came back although another one had been heard of since.</summary>
    public IReadOnlyList<DateTimeOffset> Returns { get; init; } = [];

    /// <summary>Since when two devices seem to use the identity; null when not.</summary>
    public DateTimeOffset? Since { get; init; }
}

/// <summary>Tells a copied card from a node that restarts: a device never comes back to a boot that is over.</summary>
/// <remarks>
/// Two devices with one identity take the broker's session from each other, so the hub hears boot A, boot B, boot A and so on. A node that restarts without
/// end says A, B, C, D. One return alone proves nothing: a message may have been late, or a virtual machine was set back to a snapshot.
/// </remarks>
internal static class CloneRule
{
    /// <summary>So many returns within <see cref="Window"/> are an alarm.</summary>
    public const int Returns = 3;

    /// <summary>How long a boot and a return count; an alarm ends when there was no return for so long.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromDays(1);

    private const int MaxBoots = 16;
    private const int MaxReturns = 8;

    /// <summary>A node said that it is connected.</summary>
    /// <param name="before">What is known; null for nothing.</param>
    /// <param name="boot">The boot it spoke of.</param>
    /// <param name="now">The hub's time.</param>
    /// <returns>What is known now; the same object when nothing is new.</returns>
    public static BootHistory Step(BootHistory? before, string boot, DateTimeOffset now)
    {
        BootHistory known = before ?? new BootHistory();
        if (known.Boots is [.., { } present] && present.Id == boot)
        {
            return known;
        }

        // The last moment of the boot before is now, as far as the hub can tell.
        List<Boot> boots = [.. known.Boots.SkipLast(1).Where(b => IsFresh(b.Last, now)), .. known.Boots.TakeLast(1).Select(b => b with { Last = now })];
        bool returns = boots.RemoveAll(b => b.Id == boot) > 0;
        List<DateTimeOffset> at = [.. known.Returns.Where(r => IsFresh(r, now))];
        if (returns)
        {
            at.Add(now);
        }

        return new BootHistory
        {
            Boots = [.. boots.Append(new Boot(boot, now)).TakeLast(MaxBoots)],
            Returns = [.. at.TakeLast(MaxReturns)],
            Since = at.Count >= Returns ? known.Since ?? now : at.Count > 0 ? known.Since : null,
        };
    }

    /// <summary>Whether the alarm still holds.</summary>
    public static bool Holds(BootHistory known, DateTimeOffset now) => known.Since is not null && known.Returns.Any(r => IsFresh(r, now));

    /// <summary>The hub's clock may be set back: what seems to be of the future is fresh too.</summary>
    private static bool IsFresh(DateTimeOffset then, DateTimeOffset now) => now - then < Window;
}

/// <summary>Boot histories as text.</summary>
[JsonSerializable(typeof(BootHistory))]
internal sealed partial class BootHistoryJson : JsonSerializerContext;

/// <summary>Boot histories in the database.</summary>
internal static class BootStore
{
    /// <summary>The stream of events that the hub itself tells of a node; nodes may not use it.</summary>
    public const string HubStream = "hub";

    /// <summary>Notes that a node is connected.</summary>
    /// <returns>What the hub has to say of it; null for nothing.</returns>
    public static string? Note(SqlSession s, SqlDialect d, string node, string boot, DateTimeOffset now)
    {
        BootHistory? before = s.Scalar($"SELECT history FROM boots WHERE node=@n{d.ForUpdate}", ("@n", node)) is string text ? JsonSerializer.Deserialize(text, BootHistoryJson.Default.BootHistory) : null;
        BootHistory after = CloneRule.Step(before, boot, now);
        if (ReferenceEquals(after, before))
        {
            return null;
        }

        s.Execute(
            "INSERT INTO boots (node, history, since) VALUES (@n, @h, CAST(@s AS BIGINT)) ON CONFLICT (node) DO UPDATE SET history=excluded.history, since=excluded.since",
            ("@n", node), ("@h", JsonSerializer.Serialize(after, BootHistoryJson.Default.BootHistory)), ("@s", after.Since));
        return after.Since is not null && before?.Since is null
            ? $"two devices seem to use the identity of {node}: boots {string.Join(" and ", after.Boots.TakeLast(2).Select(b => b.Id))} are heard in turns; a card was copied. Take one of them away, revoke the node and enrol it anew"
            : null;
    }

    /// <summary>Ends alarms that hold no more, and forgets nodes that are gone.</summary>
    public static void Settle(SqlSession s, DateTimeOffset now)
    {
        foreach ((string node, string history) in s.Query("SELECT node, history FROM boots WHERE since IS NOT NULL", r => (r.Text(0), r.Text(1))))
        {
            BootHistory known = JsonSerializer.Deserialize(history, BootHistoryJson.Default.BootHistory)!;
            if (!CloneRule.Holds(known, now))
            {
                s.Execute(
                    "UPDATE boots SET since=NULL, history=@h WHERE node=@n",
                    ("@h", JsonSerializer.Serialize(known with { Since = null, Returns = [] }, BootHistoryJson.Default.BootHistory)), ("@n", node));
            }
        }

        s.Execute("DELETE FROM boots WHERE node NOT IN (SELECT id FROM nodes)");
    }

    /// <summary>Adds an event of the hub's own to a node's history.</summary>
    public static (long Id, Protocol.NodeEvent Event) Tell(SqlSession s, string node, string kind, string boot, string text, DateTimeOffset now)
    {
        long seq = s.Number(
            "INSERT INTO streams (node, stream, acked, highest) VALUES (@n, @s, 1, 1) ON CONFLICT (node, stream) DO UPDATE SET acked=streams.highest + 1, highest=streams.highest + 1 RETURNING highest",
            ("@n", node), ("@s", HubStream)) ?? 1;
        Protocol.NodeEvent said = new() { Seq = seq, Time = now, BootId = boot, Kind = kind, Severity = Protocol.EventSeverity.Error, Message = text };
        long id = s.Number(
            "INSERT INTO events (node, stream, seq, received, json) VALUES (@n, @s, @seq, @now, @j) RETURNING id",
            ("@n", node), ("@s", HubStream), ("@seq", seq), ("@now", now), ("@j", JsonSerializer.Serialize(said, Protocol.FleetJson.Default.NodeEvent))) ?? 0;
        return (id, said);
    }
}
