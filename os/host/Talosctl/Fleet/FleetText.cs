using System.Globalization;
using System.Text.Json;
using Talos.Fleet.Api;
using Talos.Fleet.Protocol;
using Talos.Fleet.Rollouts;
using Talosctl.Cli;

namespace Talosctl.Fleet;

/// <summary>What the hub says, for people.</summary>
internal static class FleetText
{
    private const int Bar = 20;

    public static string Word<T>(T? value)
        where T : struct, Enum => value is { } known ? JsonNamingPolicy.CamelCase.ConvertName(known.ToString()) : "-";

    public static string Or(string? text) => string.IsNullOrEmpty(text) ? "-" : text;

    public static string Ago(DateTimeOffset? time, DateTimeOffset now) => time is { } t ? $"{Units.Span(now > t ? now - t : TimeSpan.Zero)} ago" : "never";

    public static string Moment(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string Labels(IReadOnlyDictionary<string, string> labels) => Or(string.Join(',', labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}")));

    public static string[] Row(NodeSummary n, DateTimeOffset now) =>
    [
        n.Id, (n.Revoked ? "revoked" : n.Presence is null ? "unknown" : Word(n.Presence)) + (n.ClonedSince is null ? "" : ", cloned"), n.Ready ? "yes" : "no", Or(n.Board), Or(n.Version), Or(n.Slot), Word(n.Update),
        n.DesiredVersion is null ? "-" : n.DesiredStatus is null ? n.DesiredVersion : $"{n.DesiredVersion} ({Word(n.DesiredStatus)})",
        n.WearPercent is { } wear ? $"{wear} %" : "-", Ago(n.LastSeen, now),
    ];

    public static Table Nodes(IEnumerable<NodeSummary> nodes, DateTimeOffset now)
    {
        Table table = new("NODE", "PRESENCE", "READY", "BOARD", "VERSION", "SLOT", "UPDATE", "ORDERED", "WEAR", "HEARD");
        foreach (NodeSummary node in nodes)
        {
            table.Add(Row(node, now));
        }

        return table;
    }

    /// <summary>A node in one line, as the live view has it.</summary>
    public static string Line(NodeSummary n) =>
        $"{n.Id}: {(n.Presence is null ? "unknown" : Word(n.Presence))}, {(n.Ready ? "ready" : "not ready")}, {Or(n.Version)} in {Or(n.Slot)}"
        + $"{(n.DesiredVersion is { } v && v != n.Version ? $", ordered {v} ({Word(n.DesiredStatus)})" : "")}";

    /// <summary>A rollout in one line.</summary>
    public static string Line(RolloutView r) =>
        $"{r.Id}: {Word<RolloutPhase>(r.Head.Phase)}, {Wave(r)}, {Sum(r, w => w.Succeeded)} of {r.Nodes} succeeded, {Sum(r, w => w.Failed)} failed, {Sum(r, w => w.Active)} active"
        + (r.Head.Reason is { } why ? $": {why}" : "");

    /// <summary>A command in one line.</summary>
    public static string Line(CommandRecord c) => $"{c.Node}: {Word<CommandKind>(c.Kind)} {c.Id}: {(c.State is null ? "sent" : Word(c.State))}{(c.Message is { Length: > 0 } why ? $": {why}" : "")}";

    public static int Sum(RolloutView r, Func<WaveView, int> count) => r.Waves.Sum(count);

    public static string Wave(RolloutView r) => r.Head.Wave < r.Waves.Count ? $"wave {r.Head.Wave + 1}/{r.Waves.Count} ({r.Waves[r.Head.Wave].Name})" : $"{r.Waves.Count} waves";

    public static void Write(RolloutView r, TextWriter to)
    {
        (string, string)[] lines =
        [
            ("ROLLOUT", $"{r.Id}  {r.Plan.Name}"), ("VERSION", $"{r.Plan.Version}  bundle {r.Plan.BundleId[..Math.Min(12, r.Plan.BundleId.Length)]}"),
            ("STATE", Word<RolloutPhase>(r.Head.Phase) + (r.Head.Reason is { } why ? $": {why}" : "")), ("NODES", $"{r.Nodes}, touched {r.Touched}"),
            ("MADE", $"{Moment(r.Created)} by {r.CreatedBy}; changed {Moment(r.Updated)}"),
        ];
        foreach ((string label, string text) in lines)
        {
            to.WriteLine($"{label,-10}{text}");
        }

        if (r.Head.HeldBoards.Count > 0)
        {
            to.WriteLine($"{"HELD",-10}{string.Join(", ", r.Head.HeldBoards)}");
        }

        to.WriteLine();
        Table table = new("WAVE", "", "NODES", "WAITING", "ACTIVE", "SUCCEEDED", "FAILED", "MISSED");
        for (int i = 0; i < r.Waves.Count; i++)
        {
            WaveView w = r.Waves[i];
            int done = w.Size == 0 ? 0 : (w.Succeeded + w.Failed + w.Missed) * Bar / w.Size;
            table.Add(
                (i == r.Head.Wave && !r.Head.IsOver ? "> " : "  ") + w.Name, $"[{new string('#', Math.Min(Bar, done))}{new string('.', Bar - Math.Min(Bar, done))}]",
                Number(w.Size), Number(w.Waiting), Number(w.Active), Number(w.Succeeded), Number(w.Failed), Number(w.Missed));
        }

        table.WriteTo(to);
    }

    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
