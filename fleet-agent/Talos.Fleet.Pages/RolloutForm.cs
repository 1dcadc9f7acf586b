using System.Globalization;
using Talos.Fleet.Api;
using Talos.Fleet.Rollouts;

namespace Talos.Fleet.Pages;

/// <summary>The form of a new rollout, and what it says when it comes back.</summary>
public static class RolloutForm
{
    /// <summary>Name of the field with the token.</summary>
    public const string TokenField = "form-token";

    /// <summary>Makes a plan of a form, or says what is wrong with it.</summary>
    /// <param name="field">Value of a field; null when it did not come.</param>
    /// <param name="bundles">What the hub holds.</param>
    /// <param name="plan">The plan.</param>
    /// <returns>Null for a good plan.</returns>
    public static string? Read(Func<string, string?> field, IReadOnlyList<BundleRecord> bundles, out RolloutPlan? plan)
    {
        ArgumentNullException.ThrowIfNull(field);
        ArgumentNullException.ThrowIfNull(bundles);
        plan = null;
        string Value(string name) => field(name)?.Trim() ?? "";
        if (bundles.FirstOrDefault(b => b.Id == Value("bundle")) is not { } bundle)
        {
            return "bundle: choose one; talosctl fleet bundle upload FILE brings more";
        }

        List<RolloutWave> waves = [];
        foreach (string wave in Value("waves").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries))
        {
            if (Number(wave.TrimEnd('%')) is { } percent)
            {
                waves.Add(new RolloutWave { Percent = percent });
            }
            else if (wave.Split('=', 2) is [{ Length: > 0 } key, var value])
            {
                waves.Add(new RolloutWave { Labels = new Dictionary<string, string> { [key] = value } });
            }
            else
            {
                return $"waves: {wave} is neither a percentage nor KEY=VALUE";
            }
        }

        string[] label = Value("label").Split('=', 2);
        if (label is [{ Length: > 0 }])
        {
            return $"label: {label[0]} is not KEY=VALUE";
        }

        foreach (string name in new[] { "canary", "parallel", "error", "success", "soak" })
        {
            if (Number(Value(name)) is not { } number || number is < 0 or > 1_000_000)
            {
                return $"{name}: \"{Value(name)}\" is no number from 0 to 1000000";
            }
        }

        plan = new RolloutPlan
        {
            Name = Value("name") is { Length: > 0 } given ? given : bundle.Version,
            Version = bundle.Version,
            BundleId = bundle.Id,
            Selector = new RolloutSelector
            {
                Boards = Value("board") is { Length: > 0 } board ? [board] : [],
                Labels = label is [_, _] ? new Dictionary<string, string> { [label[0]] = label[1] } : new Dictionary<string, string>(),
            },
            Canary = (int)Number(Value("canary"))!.Value,
            Waves = waves,
            MaxParallel = (int)Number(Value("parallel"))!.Value,
            ErrorPercent = Number(Value("error"))!.Value,
            SuccessPercent = Number(Value("success"))!.Value,
            SoakSeconds = (int)Math.Min(Number(Value("soak"))!.Value * 60, int.MaxValue),
            Approval = Value("approval") switch { "start" => ApprovalRule.Start, "each-wave" => ApprovalRule.EachWave, _ => ApprovalRule.None },
        };
        return PlanRules.Check(plan);
    }

    internal static Html Token(PageContext context) => Pages.Html.Of($"""<input type="hidden" name="{TokenField}" value="{context.FormToken}">""");

    internal static Html Html(RolloutsModel m, PageContext context) => Pages.Html.Of($"""
        <details class="card" id="new"><summary class="button">New rollout…</summary>
        {(m.Bundles.Count == 0 ? Pages.Html.Of($"<p>The hub holds no bundle yet: <code>talosctl fleet bundle upload FILE</code> brings one.</p>") : Pages.Html.Of($"""
            <form class="form" method="post" action="/rollouts">{Token(context)}
            <label>Bundle <select name="bundle" required>{m.Bundles.Select(b => Pages.Html.Of($"<option value=\"{b.Id}\">{b.Version} ({(b.Boards.Count == 0 ? "any board" : string.Join(", ", b.Boards))}, {Words.Bytes(b.Bytes)})</option>"))}</select></label>
            <label>Name <input name="name" maxlength="128" placeholder="the version"></label>
            <label>Board <select name="board"><option value="">any</option>{m.Boards.Select(b => Pages.Html.Of($"<option>{b}</option>"))}</select></label>
            <label>Label <input name="label" placeholder="site=lab"></label>
            <label>Canary nodes of each board <input name="canary" type="number" min="0" max="1000" value="1" required></label>
            <label>Waves, percent <input name="waves" value="10, 50, 100"></label>
            <label>Nodes at once <input name="parallel" type="number" min="1" max="10000" value="50" required></label>
            <label>Stops at failures, percent of a wave <input name="error" type="number" min="0" max="100" step="any" value="5" required></label>
            <label>Next wave at successes, percent <input name="success" type="number" min="0" max="100" step="any" value="95" required></label>
            <label>Watch a wave for, minutes <input name="soak" type="number" min="0" max="43200" value="0" required></label>
            <label>Approval <select name="approval"><option value="none">none</option><option value="start">before the first node</option><option value="each-wave">before each wave</option></select></label>
            <span><button class="good">Begin</button></span>
            </form>
            """))}
        </details>
        """);

    private static double? Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : null;
}
