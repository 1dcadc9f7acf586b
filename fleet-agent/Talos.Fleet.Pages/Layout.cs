using System.Globalization;
using System.Text.Json;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Pages;

/// <summary>What all pages share.</summary>
internal static class Layout
{
    public static string Document(string title, string active, Html body, PageContext? context, string? stream, int pauseMilliseconds) => Html.Of($"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{title} · Talos Edge</title>
        <link rel="icon" href="{PageAssets.Path}/icon.svg" type="image/svg+xml">
        <link rel="stylesheet" href="{PageAssets.Path}/style.css">
        <script src="{PageAssets.Path}/script.js" defer></script>
        </head>
        <body>
        <a class="skip" href="#main">To the content</a>
        <header>
        <span class="brand">Talos Edge</span>
        <nav aria-label="Pages">{Link(HubPages.Fleet, "Fleet", active)}{Link(HubPages.Rollouts, "Rollouts", active)}</nav>
        <span class="who">{Html.If(stream is not null, $"""<span id="live-status" role="status"></span>""")}{Html.If(context is not null, $"""<span>{context?.Caller}, {Words.Of<FleetRole>(context?.Role)}</span>""")}{SignOut(context)}</span>
        </header>
        <main id="main" tabindex="-1"{Html.If(stream is not null, $" data-stream=\"{stream}\" data-pause=\"{pauseMilliseconds}\"")}>
        {body}
        </main>
        </body>
        </html>

        """).ToString();

    /// <summary>A part that the script swaps when something changed.</summary>
    public static Html Live(string id, Html body) => Html.Of($"""<div id="{id}" data-live>{body}</div>""");

    public static Html Tile(string name, long value, string kind = "", string? href = null)
    {
        Html inner = Html.Of($"""<b>{value}</b><span>{name}</span>""");
        return href is null ? Html.Of($"""<li class="tile {kind}">{inner}</li>""") : Html.Of($"""<li class="tile {kind}"><a href="{href}">{inner}</a></li>""");
    }

    public static Html Chip(string text, string kind) => Html.Of($"""<span class="chip {kind}">{text}</span>""");

    /// <summary>Rows of name and value; those without a value are left out.</summary>
    public static Html Facts(params (string Name, Html? Value)[] facts) =>
        Html.Of($"""<dl>{facts.Where(f => f.Value is { } v && v.ToString().Length > 0).Select(f => Html.Of($"<div><dt>{f.Name}</dt><dd>{f.Value!.Value}</dd></div>"))}</dl>""");

    public static Html Time(DateTimeOffset? time, DateTimeOffset now) =>
        time is { } t ? Html.Of($"""<time datetime="{Words.Moment(t)}" title="{Words.Moment(t)}">{Words.Ago(t, now)}</time>""") : Html.Of($"never");

    public static Html Bars(string caption, IEnumerable<(string Name, int Value, string? Href)> rows, int all) => Html.Of($"""
        <section class="card"><h2>{caption}</h2><ul class="bars">{rows.Select(r => Html.Of($"""
            <li>{(r.Href is null ? Html.Of($"<span>{r.Name}</span>") : Html.Of($"<a href=\"{r.Href}\">{r.Name}</a>"))}<b>{r.Value}</b><progress max="{Math.Max(1, all)}" value="{r.Value}" aria-label="{r.Name}">{r.Value}</progress></li>
            """))}</ul></section>
        """);

    // A page that answers a form has no token of its own, and so no form.
    private static Html SignOut(PageContext? context) => context is { SignedIn: true, FormToken.Length: > 0 }
        ? Html.Of($"""<form method="post" action="{HubPages.SignOut}">{RolloutForm.Token(context)}<button id="sign-out">Sign out</button></form>""")
        : Html.Empty;

    private static Html Link(string href, string name, string active) =>
        href == active ? Html.Of($"""<a href="{href}" aria-current="page">{name}</a>""") : Html.Of($"""<a href="{href}">{name}</a>""");
}

/// <summary>Values as words.</summary>
internal static class Words
{
    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB", "PB"];

    public static string Of<T>(T? value)
        where T : struct, Enum => value is { } known ? Split(JsonNamingPolicy.CamelCase.ConvertName(known.ToString())) : "";

    public static string Or(string? text) => string.IsNullOrEmpty(text) ? "not known" : text;

    public static string Moment(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string Ago(DateTimeOffset time, DateTimeOffset now) => time > now ? "now" : $"{Span(now - time)} ago";

    public static string Span(TimeSpan span) => span switch
    {
        { TotalDays: >= 2 } => $"{(int)span.TotalDays} d",
        { TotalHours: >= 2 } => $"{(int)span.TotalHours} h",
        { TotalMinutes: >= 2 } => $"{(int)span.TotalMinutes} min",
        _ => $"{(int)span.TotalSeconds} s",
    };

    public static string Bytes(long bytes)
    {
        double value = bytes;
        int unit = 0;
        while (value >= 1000 && unit < Units.Length - 1)
        {
            value /= 1000;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {Units[unit]}");
    }

    public static string Labels(IReadOnlyDictionary<string, string> labels) => string.Join(", ", labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}"));

    private static string Split(string camel) => string.Concat(camel.Select(c => char.IsAsciiLetterUpper(c) ? $" {char.ToLowerInvariant(c)}" : $"{c}"));
}
