using Talos.Fleet.Api;
using Talos.Fleet.Protocol;
using Talos.Fleet.Rollouts;

namespace Talos.Fleet.Pages;

/// <summary>A rollout.</summary>
internal static class RolloutPage
{
    private const int Listed = 300;

    public static Html Body(RolloutModel model, PageContext context) => Html.Of($"""
        {Layout.Live("head", Head(model.View, context))}
        {Layout.Live("actions", Actions(model.View, context))}
        {Layout.Live("waves", Waves(model.View))}
        {Plan(model.View.Plan)}
        {Layout.Live("nodes", Nodes(model, context))}
        """);

    private static Html Head(RolloutView r, PageContext context) => Html.Of($"""
        <h1>{r.Plan.Name} {RolloutsPage.Phase(r.Head.Phase)}</h1>
        <p>{r.Plan.Version} to {r.Nodes} node{Html.If(r.Nodes != 1, $"s")} · {r.Touched} touched · made {Layout.Time(r.Created, context.Now)} by {r.CreatedBy}</p>
        {Html.If(r.Head.Reason is not null, $"<p class=\"problem\">{r.Head.Reason}</p>")}
        {Html.If(r.Head.HeldBoards.Count > 0, $"<p>Held back for {string.Join(", ", r.Head.HeldBoards)}</p>")}
        """);

    private static Html Actions(RolloutView r, PageContext context)
    {
        if (context.Role < FleetRole.Operator || r.Head.IsOver)
        {
            return Html.Empty;
        }

        bool waits = r.Head.Phase is RolloutPhase.AwaitingApproval;
        return Html.Of($"""
            <div class="actions">
            {Html.If(waits && context.Role >= FleetRole.Admin, $"{Button(r, "approve", "Approve", "good", context)}")}
            {Html.If(waits && context.Role < FleetRole.Admin, $"<p>An admin has to approve it.</p>")}
            {Html.If(r.Head.Phase is RolloutPhase.Running, $"{Button(r, "pause", "Pause", "", context)}")}
            {Html.If(r.Head.Phase is RolloutPhase.Paused, $"{Button(r, "resume", "Resume", "good", context)}")}
            <details id="stop"><summary class="button danger">Stop…</summary>
            <p>Orders that no node began are withdrawn. Nodes that began go on. It cannot be begun again.</p>
            {Button(r, "abort", "Stop this rollout", "danger", context)}</details>
            </div>
            """);
    }

    private static Html Button(RolloutView r, string verb, string text, string kind, PageContext context) => Html.Of($"""
        <form method="post" action="/rollouts/{Uri.EscapeDataString(r.Id)}/{verb}">{RolloutForm.Token(context)}<button id="do-{verb}" class="{kind}">{text}</button></form>
        """);

    private static Html Waves(RolloutView r) => Html.Of($"""
        <section class="card"><h2>Waves</h2><ol class="waves">{r.Waves.Select((w, i) => Html.Of($"""
            <li{Html.If(i == r.Head.Wave && !r.Head.IsOver, $" aria-current=\"step\"")}><b>{w.Name}</b> <span>{w.Size} node{Html.If(w.Size != 1, $"s")}</span>
            {RolloutsPage.Bar(w)}
            <small>{Counts(w)}</small></li>
            """))}</ol></section>
        """);

    private static string Counts(WaveView w) => string.Join(" · ", new (int Count, string Name)[]
    {
        (w.Succeeded, "succeeded"), (w.Failed, "failed"), (w.Missed, "missed"), (w.Active, "active"), (w.Waiting, "waiting"),
    }.Where(c => c.Count > 0).Select(c => $"{c.Count} {c.Name}"));

    private static Html Plan(RolloutPlan p) => Html.Of($"""
        <section class="card"><h2>Plan</h2>{Layout.Facts(
            ("Bundle", Html.Of($"<code>{p.BundleId[..Math.Min(16, p.BundleId.Length)]}</code>")),
            ("Boards", Text(p.Selector.Boards.Count == 0 ? "any" : string.Join(", ", p.Selector.Boards))),
            ("Labels", Text(Words.Labels(p.Selector.Labels))),
            ("At once", Text($"{p.MaxParallel} nodes")),
            ("Next wave at", Html.Of($"{p.SuccessPercent} % success{Html.If(p.SoakSeconds > 0, $", after {Words.Span(TimeSpan.FromSeconds(p.SoakSeconds))}")}")),
            (p.OnError is ErrorAction.Stop ? "Stops at" : "Pauses at", Html.Of($"{p.ErrorPercent} % failures of a wave{Html.If(p.ErrorCount is not null, $", or {p.ErrorCount ?? 0} in all")}")),
            ("Approval", Text(Words.Of<ApprovalRule>(p.Approval))),
            ("Windows", Text(string.Join("; ", p.Windows.Select(w => $"{w.Start} {w.TimeZone}, {w.Minutes} min{(w.Days.Count > 0 ? " on " + string.Join(' ', w.Days) : "")}")))))}</section>
        """);

    private static Html Nodes(RolloutModel m, PageContext context) => Html.Of($"""
        <section class="card"><h2>Nodes</h2><table><thead><tr><th>Node</th><th>State</th><th>Wave</th><th>Board</th><th>Since</th><th>Reason</th></tr></thead>
        <tbody>{m.Nodes.OrderBy(n => Urgency(n.Status)).Take(Listed).Select(n => Html.Of($"""
            <tr><th scope="row"><a href="/nodes/{Uri.EscapeDataString(n.Node)}">{n.Node}</a></th><td data-name="State">{Layout.Chip(Words.Of<NodeStatus>(n.Status), Kind(n.Status))}{Html.If(n.Attempt > 1, $" <small>attempt {n.Attempt}</small>")}</td>
            <td data-name="Wave">{(n.Wave < m.View.Waves.Count ? m.View.Waves[n.Wave].Name : "")}</td><td data-name="Board">{n.Board}</td><td data-name="Since">{Layout.Time(n.Since, context.Now)}</td><td data-name="Reason">{n.Reason}</td></tr>
            """))}</tbody></table>
        {Html.If(m.Nodes.Count > Listed, $"<p>The first {Listed} of {m.Nodes.Count}; those that failed come first.</p>")}</section>
        """);

    private static int Urgency(NodeStatus status) => status switch
    {
        NodeStatus.Failed => 0,
        NodeStatus.Missed => 1,
        NodeStatus.Installing => 2,
        NodeStatus.Assigned => 3,
        NodeStatus.Waiting => 4,
        _ => 5,
    };

    private static string Kind(NodeStatus status) => status switch
    {
        NodeStatus.Failed => "failed",
        NodeStatus.Missed or NodeStatus.HeldBack => "unready",
        NodeStatus.Installing or NodeStatus.Assigned => "updating",
        NodeStatus.Succeeded or NodeStatus.Current => "ok",
        _ => "",
    };

    private static Html? Text(string text) => text.Length == 0 ? null : Html.Of($"{text}");
}
