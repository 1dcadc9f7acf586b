using Talos.Fleet.Api;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Pages;

/// <summary>The forms that give a node a command, and what they say when they come back.</summary>
public static class CommandForm
{
    /// <summary>Makes a command of a form, or says what is wrong with it.</summary>
    /// <param name="field">Value of a field; null when it did not come.</param>
    /// <param name="request">The command.</param>
    /// <returns>Null for a good one.</returns>
    public static string? Read(Func<string, string?> field, out CommandRequest? request)
    {
        ArgumentNullException.ThrowIfNull(field);
        string? Value(string name) => field(name) is { } text && !string.IsNullOrWhiteSpace(text) ? text : null;
        request = field("kind") switch
        {
            "reboot" => new CommandRequest { Kind = CommandKind.Reboot },
            "rollback" => new CommandRequest { Kind = CommandKind.Rollback },
            "support" => new CommandRequest { Kind = CommandKind.SupportBundle },
            "upgrade" => new CommandRequest { Kind = CommandKind.Upgrade, BundleId = Value("bundle"), Force = field("force") is "yes" },
            "patch" => new CommandRequest { Kind = CommandKind.ApplyConfigPatch, Patch = Value("patch")?.ReplaceLineEndings("\n") },
            _ => null,
        };
        return request switch
        {
            null => $"kind: \"{field("kind")}\" is none of reboot, upgrade, rollback, support, patch",
            { Kind: CommandKind.Upgrade, BundleId: null } => "bundle: choose one; talosctl fleet bundle upload FILE brings more",
            { Kind: CommandKind.ApplyConfigPatch, Patch: null } => "patch: is empty",
            _ => null,
        };
    }

    internal static Html Html(NodeModel m, PageContext context)
    {
        if (context.Role < FleetRole.Operator || m.Detail.Summary.Revoked)
        {
            return Pages.Html.Empty;
        }

        string path = $"/nodes/{Uri.EscapeDataString(m.Detail.Summary.Id)}/commands";
        return Pages.Html.Of($"""
            <section class="card" aria-label="Give a command"><div class="actions tight">
            {Plain(path, "support", "Collect a support bundle", "", context)}
            {Asked("reboot", "Restart…", Pages.Html.Of($"<p>The node restarts in order; its workloads stop meanwhile.</p>{Plain(path, "reboot", "Restart this node", "danger", context)}"))}
            {Asked("rollback", "Roll back…", Pages.Html.Of($"<p>The node restarts into its other slot.</p>{Plain(path, "rollback", "Roll this node back", "danger", context)}"))}
            {Pages.Html.If(m.Bundles.Count > 0, $"{Asked("upgrade", "Upgrade…", Upgrade(path, m.Bundles, context))}")}
            {Pages.Html.If(context.Role >= FleetRole.Admin, $"{Asked("patch", "Change its config…", Patch(path, context))}")}
            </div></section>
            """);
    }

    private static Html Asked(string kind, string text, Html inside) => Pages.Html.Of($"""
        <details id="ask-{kind}"><summary class="button">{text}</summary>{inside}</details>
        """);

    private static Html Plain(string path, string kind, string text, string style, PageContext context) => Pages.Html.Of($"""
        <form method="post" action="{path}">{RolloutForm.Token(context)}<input type="hidden" name="kind" value="{kind}"><button id="do-{kind}" class="{style}">{text}</button></form>
        """);

    private static Html Upgrade(string path, IReadOnlyList<BundleRecord> bundles, PageContext context) => Pages.Html.Of($"""
        <p>At once, whatever the window. A rollout is the way for more than one node.</p>
        <form method="post" action="{path}">{RolloutForm.Token(context)}<input type="hidden" name="kind" value="upgrade">
        <label>Bundle <select name="bundle" required>{bundles.Select(b => Pages.Html.Of($"<option value=\"{b.Id}\">{b.Version} ({b.Id[..Math.Min(12, b.Id.Length)]})</option>"))}</select></label>
        <label>If it failed here before <select name="force"><option value="no">refuse it</option><option value="yes">try it again</option></select></label>
        <p><button id="do-upgrade" class="danger">Upgrade this node</button></p></form>
        """);

    private static Html Patch(string path, PageContext context) => Pages.Html.Of($"""
        <form method="post" action="{path}">{RolloutForm.Token(context)}<input type="hidden" name="kind" value="patch">
        <label>Patch in YAML <textarea name="patch" rows="6" maxlength="65536" spellcheck="false" required></textarea></label>
        <p><button id="do-patch" class="danger">Change its config</button></p></form>
        """);
}
