using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Talos.Fleet.Api;
using Talos.Fleet.Protocol;
using Talosctl.Cli;
using Talosctl.Fleet;
using Command = System.CommandLine.Command;

namespace Talosctl.Commands.Fleet;

/// <summary><c>fleet nodes</c> and <c>fleet node ID</c>.</summary>
internal static class FleetNodeCommands
{
    private const int Shown = 10;

    public static Command Nodes(Host host)
    {
        Option<string?> board = new("--board") { Description = "Only nodes of this board" };
        Option<string?> version = new("--running") { Description = "Only nodes that run this version" };
        Option<string?> presence = new("--presence") { Description = "online, offline or lost" };
        Option<string?> label = new("--label", "-l") { Description = "Only nodes with this label; KEY=VALUE" };
        Option<string?> search = new("--search") { Description = "Only nodes with this in their id or host name" };
        Option<string> output = FleetOptions.Output();
        presence.AcceptOnlyFromAmong("online", "offline", "lost");
        Command command = new("nodes", "List the nodes of the hub") { board, version, presence, label, search, output };
        command.Uses(host, async call =>
        {
            (string, string?)[] filter =
            [
                ("board", call.Parsed.GetValue(board)), ("version", call.Parsed.GetValue(version)), ("presence", call.Parsed.GetValue(presence)),
                ("label", call.Parsed.GetValue(label)), ("search", call.Parsed.GetValue(search)),
            ];
            string query = string.Concat(filter.Where(f => !string.IsNullOrEmpty(f.Item2)).Select(f => $"&{f.Item1}={Uri.EscapeDataString(f.Item2!)}"));
            JsonObject answer = await call.Hub.ListAsync($"nodes?limit=1000{query}", call.Stop);
            call.Print(output, answer, to =>
            {
                IReadOnlyList<NodeSummary> nodes = HubClient.Read(answer, HubClient.Json.PageNodeSummary).Items;
                if (nodes.Count == 0)
                {
                    host.Error.WriteLine(query.Length > 0 ? "no node fits" : "the hub has no nodes yet: talosctl fleet enroll prints the document with which one joins");
                    return;
                }

                FleetText.Nodes(nodes, call.Now).WriteTo(to);
            });
        });
        return command;
    }

    public static Command Node(Host host)
    {
        Argument<string> id = new("id") { Description = "Id of the node" };
        Option<int> count = new("--events") { Description = "How many of its last events, 0 to 1000", DefaultValueFactory = _ => Shown };
        count.Validators.Add(r =>
        {
            if (r.GetValueOrDefault<int>() is < 0 or > 1000)
            {
                r.AddError("--events: takes 0 to 1000");
            }
        });
        Option<string> output = FleetOptions.Output();
        Command command = new("node", "Show a node: what it runs, measures and said last") { id, count, output };
        command.Uses(host, async call =>
        {
            string path = $"nodes/{Uri.EscapeDataString(call.Parsed.GetValue(id)!)}";
            JsonObject answer = await call.Hub.GetAsync(path, call.Stop);
            if (call.Parsed.GetValue(output) != "table")
            {
                call.Print(output, answer, _ => { });
                return;
            }

            IReadOnlyList<EventRecord> events = call.Parsed.GetValue(count) is > 0 and var limit
                ? HubClient.Read(await call.Hub.GetAsync($"{path}/events?limit={limit}", call.Stop), HubClient.Json.PageEventRecord).Items
                : [];
            Write(HubClient.Read(answer, HubClient.Json.NodeDetail), events, call.Now, host.Out);
        });
        return command;
    }

    private static void Write(NodeDetail node, IReadOnlyList<EventRecord> events, DateTimeOffset now, TextWriter to)
    {
        foreach ((string label, string text) in Lines(node, now))
        {
            to.WriteLine($"{label,-12}{text}");
        }

        if (events.Count > 0)
        {
            to.WriteLine();
            Table table = new("SEQ", "TIME", "SEVERITY", "KIND", "MESSAGE");
            foreach (NodeEvent e in events.Select(e => e.Event))
            {
                table.Add(FleetText.Number(e.Seq), FleetText.Moment(e.Time) + (e.Unsynced ? " ?" : ""), FleetText.Word<EventSeverity>(e.Severity), e.Kind, e.Message);
            }

            table.WriteTo(to);
        }
    }

    private static IEnumerable<(string Label, string Text)> Lines(NodeDetail node, DateTimeOffset now)
    {
        NodeSummary s = node.Summary;
        yield return ("NODE", s.Hostname is { } host && host != s.Id ? $"{s.Id} ({host})" : s.Id);
        yield return ("PRESENCE", $"{(s.Presence is null ? "unknown" : FleetText.Word(s.Presence))}{(node.Presence?.Reason is { } why ? $" ({why})" : "")}, heard {FleetText.Ago(s.LastSeen, now)}");
        if (s.ClonedSince is { } cloned)
        {
            yield return ("CLONED", $"two devices seem to use this identity since {FleetText.Moment(cloned)}: take one of them away, revoke the node and enrol it anew");
        }

        yield return ("READY", s.Ready ? "yes" : $"no{(node.State is { Unmet.Count: > 0 } state ? $": {string.Join("; ", state.Unmet)}" : "")}");
        yield return ("BOARD", $"{FleetText.Or(s.Board)}{(node.State is { } of ? $", {of.Architecture}" : "")}");
        yield return ("RUNNING", $"{FleetText.Or(s.Version)} in slot {FleetText.Or(s.Slot)}, update {FleetText.Word(s.Update)}{(node.State?.Update?.Percent is { } percent ? $" {percent} %" : "")}");
        foreach (SlotReport slot in node.State?.Slots ?? [])
        {
            yield return ($"SLOT {slot.Id}", $"{FleetText.Word<SlotCondition>(slot.Condition)}, {FleetText.Or(slot.Version)}");
        }

        if (node.State?.Update is { FallbackVersion: { } fell } update)
        {
            yield return ("FALLBACK", $"{fell}: {update.FallbackReason}");
        }

        if (node.Desired?.Update is { } wanted)
        {
            yield return ("ORDERED", $"{wanted.Version} (revision {node.Desired.Revision}{(wanted.Rollout is { } r ? $", rollout {r}" : "")}): {FleetText.Word(s.DesiredStatus)}{(node.State?.Desired?.Reason is { } reason ? $", {reason}" : "")}");
        }

        if (node.State?.Kubernetes is { } k)
        {
            yield return ("KUBERNETES", $"{(k.Healthy ? "healthy" : "not healthy")}, kubelet {FleetText.Or(k.Kubelet)}, {k.PodsReady} of {k.Pods} pods ready");
        }

        if (node.State is { Addresses.Count: > 0 } known)
        {
            yield return ("ADDRESSES", string.Join(", ", known.Addresses));
        }

        foreach ((string, string) line in Measured(node.Telemetry, now))
        {
            yield return line;
        }

        yield return ("LABELS", FleetText.Labels(s.Labels));
        yield return ("ENROLLED", FleetText.Moment(node.Enrolled) + (s.Revoked ? ", revoked" : ""));
        if (node.LostEvents > 0)
        {
            yield return ("LOST", $"{node.LostEvents} events were dropped on the node before they reached the hub");
        }
    }

    private static IEnumerable<(string Label, string Text)> Measured(Telemetry? t, DateTimeOffset now)
    {
        if (t is null)
        {
            yield break;
        }

        List<string> parts = [];
        string Part(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
        void Add(bool known, FormattableString text) => parts.AddRange(known ? [Part(text)] : []);
        Add(t.CpuPercent is not null, $"processor {t.CpuPercent:0} %");
        Add(t.MemoryBytes > 0 && t.MemoryUsedBytes is not null, $"memory {100.0 * t.MemoryUsedBytes / t.MemoryBytes:0} %");
        Add(t.TemperatureCelsius is not null, $"{t.TemperatureCelsius:0.#} °C");
        Add(t.Throttled is true, $"throttled");
        Add(true, $"up {Units.Span(TimeSpan.FromSeconds(t.UptimeSeconds))}");
        yield return ("MEASURED", $"{string.Join(", ", parts)} ({FleetText.Ago(t.Time, now)})");
        foreach (DiskUsage disk in t.Disks)
        {
            yield return ("DISK", $"{disk.Mount}: {Units.Bytes((ulong)Math.Max(0, disk.UsedBytes))} of {Units.Bytes((ulong)Math.Max(0, disk.TotalBytes))}");
        }

        foreach (FlashWear wear in t.Wear)
        {
            yield return ("FLASH", $"{wear.Device} ({FleetText.Word<FlashKind>(wear.Kind)}): {(wear.UsedPercent is { } used ? $"{used} % of its life used" : "life not told")}{(wear.DaysLeft is { } days ? $", about {days} days left" : "")}{(wear.SparePercent is { } spare ? $", reserve {spare} %" : "")}{(wear.MediaErrors is > 0 and var errors ? $", {errors} media errors" : "")}{(wear.Warning is true ? ", IT WARNS" : "")}");
        }
    }
}
