using Talos.Fleet.Api;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Pages;

/// <summary>A node.</summary>
internal static class NodePage
{
    private const double Mega = 1_000_000;

    public static Html Body(NodeModel model, PageContext context)
    {
        NodeSummary s = model.Detail.Summary;
        return Html.Of($"""
            {Layout.Live("head", Head(model.Detail, context))}
            {Layout.Live("facts", Html.Of($"<div class=\"columns\">{System(model.Detail)}{Update(model.Detail)}{Hardware(model.Detail, context)}</div>"))}
            {CommandForm.Html(model, context)}
            {Layout.Live("commands", Commands(model.Commands, context))}
            {Layout.Live("charts", Telemetry(model.Telemetry))}
            {Layout.Live("events", Events(model, context))}
            <p><small>Node {s.Id}, enrolled {Words.Moment(model.Detail.Enrolled)}</small></p>
            """);
    }

    private static Html Head(NodeDetail d, PageContext context)
    {
        NodeState state = NodeState.Of(d.Summary);
        return Html.Of($"""
            <h1>{d.Summary.Id} {Layout.Chip(state.Text, state.Kind)}</h1>
            <p>{Html.If(d.Summary.Hostname is { } host && host != d.Summary.Id, $"{d.Summary.Hostname} · ")}heard {Layout.Time(d.Summary.LastSeen, context.Now)}{Html.If(d.Presence?.Reason is not null, $" · {d.Presence?.Reason}")}</p>
            {Html.If(d.State is { Unmet.Count: > 0 }, $"<ul class=\"problem\">{(d.State?.Unmet ?? []).Select(u => Html.Of($"<li>{u}</li>"))}</ul>")}
            {Html.If(d.Summary.ClonedSince is not null, $"<p class=\"problem\">Two devices seem to use this identity since {Words.Moment(d.Summary.ClonedSince ?? default)}: a card was copied. Take one of them away, revoke the node and enrol it anew.</p>")}
            {Html.If(d.LostEvents > 0, $"<p class=\"problem\">{d.LostEvents} events were dropped on the node before they reached the hub.</p>")}
            """);
    }

    private static Html System(NodeDetail d) => Html.Of($"""
        <section class="card"><h2>System</h2>{Layout.Facts(
            ("Board", Text(Words.Or(d.Summary.Board), d.State?.Architecture)),
            ("Version", Text(Words.Or(d.Summary.Version), d.Summary.Slot is { } slot ? $"slot {slot}" : null)),
            ("Stage", Text(d.State?.Stage)),
            ("Started by", Text(d.State?.BootReason)),
            ("Kubernetes", d.State?.Kubernetes is { } k ? Text(k.Healthy ? "healthy" : "not healthy", $"{k.Kubelet} {k.PodsReady} of {k.Pods} pods ready") : null),
            ("Addresses", Text(d.State is { } known ? string.Join(", ", known.Addresses) : null)),
            ("Labels", Text(Words.Labels(d.Summary.Labels))),
            ("Config", Text(d.State?.ConfigHash is { Length: > 12 } hash ? hash[..12] : null)))}</section>
        """);

    private static Html Update(NodeDetail d) => Html.Of($"""
        <section class="card"><h2>Update</h2>{Layout.Facts(
        [
            .. (d.State?.Slots ?? []).Select(s => ($"Slot {s.Id}", (Html?)Html.Of($"{Words.Or(s.Version)} {Layout.Chip(Words.Of<SlotCondition>(s.Condition), s.Condition switch { SlotCondition.Good => "ok", SlotCondition.Bad => "failed", SlotCondition.Trial => "updating", _ => "" })}"))),
            ("Engine", Text(Words.Of(d.Summary.Update) + (d.State?.Update?.Percent is { } percent ? $" {percent} %" : ""), d.State?.Update?.Message)),
            ("Ordered", Text(d.Desired?.Update?.Version, d.Summary.DesiredStatus is null ? null : Words.Of(d.Summary.DesiredStatus))),
            ("Reason", Text(d.State?.Desired?.Reason)),
            ("Rollout", d.Desired?.Update?.Rollout is { } rollout ? Html.Of($"<a href=\"/rollouts/{Uri.EscapeDataString(rollout)}\">{rollout}</a>") : null),
            ("Fell back from", Text(d.State?.Update?.FallbackVersion, d.State?.Update?.FallbackReason)),
        ])}</section>
        """);

    private static Html Hardware(NodeDetail d, PageContext context)
    {
        Telemetry? t = d.Telemetry;
        return Html.Of($"""
            <section class="card"><h2>Hardware</h2>{Layout.Facts(
            [
                ("Up", Text(t is null ? null : Words.Span(TimeSpan.FromSeconds(t.UptimeSeconds)))),
                ("Throttled", Text(t?.Throttled is true ? "yes" : null)),
                .. (t?.Wear ?? []).Select(w => ($"Flash {w.Device}", (Html?)Html.Of($"{Html.If(w.UsedPercent is not null, $"<meter min=\"0\" max=\"100\" low=\"50\" high=\"80\" optimum=\"0\" value=\"{w.UsedPercent ?? 0}\">{w.UsedPercent ?? 0} %</meter> {w.UsedPercent ?? 0} % used ")}{Html.If(w.DaysLeft is not null, $"about {w.DaysLeft ?? 0} days left ")}{Html.If(w.SparePercent is not null, $"reserve {w.SparePercent ?? 0} % ")}{Html.If(w.MediaErrors is > 0, $"{w.MediaErrors ?? 0} media errors ")}{Html.If(w.WrittenBytesPerDay is not null, $"<small>{Words.Bytes(w.WrittenBytesPerDay ?? 0)} a day</small> ")}{Html.If(w.Warning is true, $"{Layout.Chip("warns", "failed")}")}"))),
                .. (t?.Disks ?? []).Select(x => (x.Mount, (Html?)Html.Of($"<meter min=\"0\" max=\"100\" low=\"80\" high=\"90\" optimum=\"0\" value=\"{Percent(x.UsedBytes, x.TotalBytes)}\">{Percent(x.UsedBytes, x.TotalBytes)} %</meter> {Words.Bytes(x.UsedBytes)} of {Words.Bytes(x.TotalBytes)}"))),
                ("Queue", t?.Queue is { } q ? Text($"{q.Events} events, {q.Telemetry} telemetry", q.DroppedEvents + q.DroppedTelemetry > 0 ? $"dropped {q.DroppedEvents} events, {q.DroppedTelemetry} telemetry" : null) : null),
                ("Certificate", d.Certificates is [var newest, ..] ? Text($"until {Words.Moment(newest.NotAfter)}", newest.Revoked is null ? (newest.NotAfter < context.Now ? "over" : null) : "revoked") : null),
            ])}</section>
            """);
    }

    private static Html Telemetry(IReadOnlyList<TelemetryRecord> records)
    {
        List<Telemetry> all = [.. records.Select(r => r.Telemetry).OrderBy(t => t.Time)];
        List<(DateTimeOffset, double)> Series(Func<Telemetry, double?> of) => [.. all.Where(t => of(t) is not null).Select(t => (t.Time, of(t)!.Value))];
        return all.Count == 0
            ? Html.Of($"<section class=\"card\"><h2>Measurements</h2><p>None yet; the node sends them at the interval of its FleetConfig document.</p></section>")
            : Html.Of($"""
                <div class="columns">
                {Charts.Line("Processor", "%", Series(t => t.CpuPercent), 100)}
                {Charts.Line("Memory", "%", Series(t => t.MemoryBytes > 0 && t.MemoryUsedBytes is { } used ? Percent(used, t.MemoryBytes.Value) : null), 100)}
                {Charts.Line("Temperature", "°C", Series(t => t.TemperatureCelsius))}
                {Charts.Line("Fullest disk", "%", Series(t => t.Disks.Count > 0 ? t.Disks.Max(d => Percent(d.UsedBytes, d.TotalBytes)) : null), 100)}
                {Charts.Line("Received", "MB", Series(t => t.Links.Count > 0 ? t.Links.Sum(l => l.ReceivedBytes) / Mega : null))}
                {Charts.Line("Sent", "MB", Series(t => t.Links.Count > 0 ? t.Links.Sum(l => l.SentBytes) / Mega : null))}
                </div>
                """);
    }

    private static Html Events(NodeModel m, PageContext context) => Html.Of($"""
        <section class="card"><h2>Events</h2>
        {(m.Events.Count == 0 ? Html.Of($"<p>None yet.</p>") : Html.Of($"""
            <table><thead><tr><th>Nr.</th><th>When</th><th>What</th><th>Message</th></tr></thead><tbody>{m.Events.Reverse().Select(e => Event(e.Event, context.Now))}</tbody></table>
            """))}
        </section>
        """);

    private static Html Event(NodeEvent e, DateTimeOffset now) => Html.Of($"""
        <tr class="{Words.Of<EventSeverity>(e.Severity)}"><td data-name="Nr.">{e.Seq}</td><td data-name="When">{Layout.Time(e.Time, now)}{Html.If(e.Unsynced, $" <small>clock not set</small>")}</td>
        <th scope="row">{Html.If(e.Severity is not EventSeverity.Info, $"{Layout.Chip(Words.Of<EventSeverity>(e.Severity), e.Severity is EventSeverity.Error ? "failed" : "unready")} ")}{e.Kind}</th><td data-name="Message">{e.Message}</td></tr>
        """);

    private static Html Commands(IReadOnlyList<CommandRecord> commands, PageContext context) => commands.Count == 0 ? Html.Empty : Html.Of($"""
        <section class="card"><h2>Commands</h2><table><thead><tr><th>Command</th><th>State</th><th>Asked by</th><th>When</th><th>Message</th></tr></thead>
        <tbody>{commands.Select(c => Html.Of($"""
            <tr><th scope="row">{Words.Of<CommandKind>(c.Kind)}</th><td data-name="State">{State(c)}</td><td data-name="Asked by">{c.IssuedBy}</td><td data-name="When">{Layout.Time(c.Issued, context.Now)}</td><td data-name="Message">{c.Message}{Html.If(
                context.Role >= FleetRole.Operator && c is { Kind: CommandKind.SupportBundle, State: CommandState.Succeeded },
                $" <a href=\"/api/v1/nodes/{Uri.EscapeDataString(c.Node)}/support/{Uri.EscapeDataString(c.Id)}\" download>its file</a>")}</td></tr>
            """))}</tbody></table></section>
        """);

    private static Html State(CommandRecord c) => Layout.Chip(c.State is null ? "sent" : Words.Of(c.State), c.State switch
    {
        CommandState.Succeeded => "ok",
        CommandState.Failed or CommandState.Refused => "failed",
        CommandState.Expired => "unready",
        CommandState.Accepted or CommandState.Running => "updating",
        _ => "",
    });

    private static Html? Text(string? text, string? small = null) =>
        string.IsNullOrEmpty(text) ? null : Html.Of($"{text}{Html.If(!string.IsNullOrWhiteSpace(small), $" <small>{small}</small>")}");

    private static double Percent(long part, long all) => all <= 0 ? 0 : Math.Round(100.0 * part / all, 1);
}
