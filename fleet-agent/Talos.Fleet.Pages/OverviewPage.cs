using Talos.Fleet.Api;

namespace Talos.Fleet.Pages;

/// <summary>The fleet.</summary>
internal static class OverviewPage
{
    private const int Listed = 200;
    private static readonly (string Name, int From, int To)[] WearBands = [("under 20 %", 0, 20), ("20 to 49 %", 20, 50), ("50 to 79 %", 50, 80), ("80 % and more", 80, 256)];

    public static Html Body(OverviewModel model, PageContext context) => Html.Of($"""
        <h1>Fleet</h1>
        {Layout.Live("counts", Counts(model.Summary))}
        {Layout.Live("open", Html.If(model.Open.Count > 0, $"<section class=\"card\"><h2>Rollouts under way</h2>{RolloutsPage.Table(model.Open, context.Now)}</section>"))}
        {Filter(model)}
        {Layout.Live("map", Map(model))}
        <div class="columns">
        {Layout.Live("versions", Layout.Bars("Versions", Rows(model.Summary.Versions, "version"), model.Summary.Nodes))}
        {Layout.Live("boards", Layout.Bars("Boards", Rows(model.Summary.Boards, "board"), model.Summary.Nodes))}
        {Layout.Live("wear", Wear(model.Nodes.Items))}
        </div>
        {Layout.Live("list", List(model, context))}
        """);

    private static Html Counts(FleetSummary s) => Html.Of($"""
        <ul class="tiles">
        {Layout.Tile("nodes", s.Nodes)}
        {Layout.Tile("online", s.Presence.GetValueOrDefault("online"), "ok", "/?presence=online")}
        {Layout.Tile("offline", s.Presence.GetValueOrDefault("offline"), "", "/?presence=offline")}
        {Layout.Tile("lost", s.Presence.GetValueOrDefault("lost"), s.Presence.GetValueOrDefault("lost") > 0 ? "bad" : "", "/?presence=lost")}
        {Layout.Tile("not ready", s.NotReady, s.NotReady > 0 ? "warn" : "")}
        {Layout.Tile("flash nearly used up", s.Worn, s.Worn > 0 ? "warn" : "")}
        {Layout.Tile("open rollouts", s.OpenRollouts, "", HubPages.Rollouts)}
        </ul>
        """);

    private static Html Filter(OverviewModel m) => Html.Of($"""
        <form class="filter" method="get" action="/" role="search">
        <label>Search <input type="search" name="search" value="{m.Filter.Search}" placeholder="id or host name"></label>
        <label>Label <input name="label" value="{m.Filter.Label}" placeholder="site=lab"></label>
        <label>Board {Select("board", m.Filter.Board, m.Summary.Boards.Keys)}</label>
        <label>Version {Select("version", m.Filter.Version, m.Summary.Versions.Keys)}</label>
        <label>Presence {Select("presence", m.Filter.Presence, ["online", "offline", "lost"])}</label>
        <span><button>Filter</button> <a href="/">all</a></span>
        </form>
        """);

    private static Html Select(string name, string? value, IEnumerable<string> options) => Html.Of($"""
        <select name="{name}"><option value="">any</option>{options.Where(o => o.Length > 0).Order(StringComparer.Ordinal).Select(o => Html.Of($"<option{Html.If(o == value, $" selected")}>{o}</option>"))}</select>
        """);

    private static Html Map(OverviewModel m)
    {
        List<(NodeSummary Node, NodeState State)> nodes = [.. m.Nodes.Items.Select(n => (n, NodeState.Of(n)))];
        return Html.Of($"""
            <section class="card"><h2>Map <small>{nodes.Count} node{Html.If(nodes.Count != 1, $"s")}{Html.If(m.Nodes.Next is not null, $" of more")}</small></h2>
            {Html.If(nodes.Count == 0, $"<p>{(m.Summary.Nodes == 0 ? "No node has enrolled yet. talosctl fleet enroll prints the document with which one joins." : "No node fits the filter.")}</p>")}
            <div class="map">{nodes.Select(n => Html.Of($"""<a class="cell {n.State.Kind}" href="{Href(n.Node)}" title="{n.Node.Id}: {n.State.Text}, {Words.Or(n.Node.Version)}" aria-label="{n.Node.Id}: {n.State.Text}">{n.State.Letter}</a>"""))}</div>
            <ul class="legend">{NodeState.All.Select(s => (State: s, Count: nodes.Count(n => n.State == s))).Where(s => s.Count > 0).Select(s => Html.Of($"<li><span class=\"cell {s.State.Kind}\" aria-hidden=\"true\">{s.State.Letter}</span> {s.State.Text} {s.Count}</li>"))}</ul>
            {Html.If(m.Nodes.Next is not null, $"<p><a href=\"{Next(m)}\">Further nodes</a></p>")}
            </section>
            """);
    }

    private static Html Wear(IReadOnlyList<NodeSummary> nodes) => Layout.Bars(
        "Flash wear",
        [
            .. WearBands.Select(b => (b.Name, nodes.Count(n => n.WearPercent >= b.From && n.WearPercent < b.To), (string?)null)),
            ("not told", nodes.Count(n => n.WearPercent is null), null),
        ],
        nodes.Count);

    private static Html List(OverviewModel m, PageContext context) => m.Nodes.Items.Count == 0 ? Html.Empty : Html.Of($"""
        <section class="card"><h2>Nodes</h2>
        <table><thead><tr><th>Node</th><th>State</th><th>Board</th><th>Version</th><th>Ordered</th><th>Flash</th><th>Labels</th><th>Heard</th></tr></thead>
        <tbody>{m.Nodes.Items.OrderBy(n => NodeState.All.ToList().IndexOf(NodeState.Of(n))).Take(Listed).Select(n => Row(n, context.Now))}</tbody></table>
        {Html.If(m.Nodes.Items.Count > Listed, $"<p>The {Listed} most urgent of {m.Nodes.Items.Count}; a filter finds the others.</p>")}
        </section>
        """);

    private static Html Row(NodeSummary n, DateTimeOffset now) => Html.Of($"""
        <tr><th scope="row"><a href="{Href(n)}">{n.Id}</a></th>
        <td data-name="State">{Layout.Chip(NodeState.Of(n).Text, NodeState.Of(n).Kind)}</td>
        <td data-name="Board">{Words.Or(n.Board)}</td>
        <td data-name="Version">{Words.Or(n.Version)}{Html.If(n.Slot is not null, $" <small>slot {n.Slot}</small>")}</td>
        <td data-name="Ordered">{n.DesiredVersion}{Html.If(n.DesiredStatus is not null, $" <small>{Words.Of(n.DesiredStatus)}</small>")}</td>
        <td data-name="Flash">{Html.If(n.WearPercent is not null, $"{n.WearPercent ?? 0} %")}{Html.If(n.WearDaysLeft is not null, $" <small>{n.WearDaysLeft ?? 0} d left</small>")}</td>
        <td data-name="Labels">{Words.Labels(n.Labels)}</td>
        <td data-name="Heard">{Layout.Time(n.LastSeen, now)}</td></tr>
        """);

    private static string Href(NodeSummary n) => $"/nodes/{Uri.EscapeDataString(n.Id)}";

    private static IEnumerable<(string, int, string?)> Rows(IReadOnlyDictionary<string, int> counts, string filter) =>
        counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Take(12)
            .Select(c => (Words.Or(c.Key), c.Value, c.Key.Length > 0 ? $"/?{filter}={Uri.EscapeDataString(c.Key)}" : null));

    private static string Next(OverviewModel m)
    {
        OverviewFilter f = m.Filter;
        (string, string?)[] parts = [("board", f.Board), ("version", f.Version), ("presence", f.Presence), ("label", f.Label), ("search", f.Search), ("after", m.Nodes.Next)];
        return "/?" + string.Join('&', parts.Where(p => !string.IsNullOrEmpty(p.Item2)).Select(p => $"{p.Item1}={Uri.EscapeDataString(p.Item2!)}"));
    }
}
