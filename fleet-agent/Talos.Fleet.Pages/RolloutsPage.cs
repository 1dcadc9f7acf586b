using Talos.Fleet.Api;
using Talos.Fleet.Protocol;
using Talos.Fleet.Rollouts;

namespace Talos.Fleet.Pages;

/// <summary>All rollouts.</summary>
internal static class RolloutsPage
{
    public static Html Body(RolloutsModel model, PageContext context) => Html.Of($"""
        <h1>Rollouts</h1>
        {Html.If(context.Role >= FleetRole.Operator, $"{RolloutForm.Html(model, context)}")}
        {Layout.Live("rollouts", Html.Of($"<section class=\"card\"><h2>All</h2>{(model.Rollouts.Count == 0 ? Html.Of($"<p>There is none yet.</p>") : Table(model.Rollouts, context.Now))}</section>"))}
        {Layout.Live("held", Held(model.HeldBack, context))}
        """);

    public static Html Table(IReadOnlyList<RolloutView> rollouts, DateTimeOffset now) => Html.Of($"""
        <table><thead><tr><th>Rollout</th><th>Version</th><th>State</th><th>Progress</th><th>Nodes</th><th>Failed</th><th>Changed</th></tr></thead>
        <tbody>{rollouts.Select(r => Html.Of($"""
            <tr><th scope="row"><a href="/rollouts/{Uri.EscapeDataString(r.Id)}">{r.Plan.Name}</a></th>
            <td data-name="Version">{r.Plan.Version}</td><td data-name="State">{Phase(r.Head.Phase)}</td>
            <td data-name="Progress">{Bar(r)}</td><td data-name="Nodes">{r.Waves.Sum(w => w.Succeeded)} of {r.Nodes}</td><td data-name="Failed">{r.Waves.Sum(w => w.Failed)}</td>
            <td data-name="Changed">{Layout.Time(r.Updated, now)}</td></tr>
            """))}</tbody></table>
        """);

    public static Html Phase(RolloutPhase phase) => Layout.Chip(Words.Of<RolloutPhase>(phase), phase switch
    {
        RolloutPhase.Running => "updating",
        RolloutPhase.Completed => "ok",
        RolloutPhase.Stopped or RolloutPhase.Aborted => "failed",
        _ => "unready",
    });

    public static Html Bar(params IReadOnlyList<WaveView> waves) => Charts.Parts(
        $"{waves.Sum(w => w.Succeeded)} succeeded, {waves.Sum(w => w.Failed)} failed, {waves.Sum(w => w.Missed)} missed, {waves.Sum(w => w.Active)} active, {waves.Sum(w => w.Waiting)} waiting",
        (waves.Sum(w => w.Succeeded), "ok"), (waves.Sum(w => w.Failed), "failed"), (waves.Sum(w => w.Missed), "unready"), (waves.Sum(w => w.Active), "updating"), (waves.Sum(w => w.Waiting), "waiting"));

    private static Html Bar(RolloutView r) => Bar(r.Waves);

    private static Html Held(IReadOnlyList<HeldBackRecord> held, PageContext context) => held.Count == 0 ? Html.Empty : Html.Of($"""
        <section class="card"><h2>Held back</h2><table><thead><tr><th>Version</th><th>Board</th><th>Why</th><th>Since</th></tr></thead>
        <tbody>{held.Select(h => Html.Of($"""
            <tr><th scope="row">{h.Version}</th><td data-name="Board">{h.Board}</td><td data-name="Why">{h.Reason}</td><td data-name="Since">{Layout.Time(h.Since, context.Now)}</td></tr>
            """))}</tbody></table></section>
        """);
}
