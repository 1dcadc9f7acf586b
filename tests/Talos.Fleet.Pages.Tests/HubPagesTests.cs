using System.Text.RegularExpressions;
using Talos.Fleet.Api;
using Talos.Fleet.Protocol;
using Talos.Fleet.Rollouts;

namespace Talos.Fleet.Pages.Tests;

public sealed partial class HubPagesTests
{
    private const string Hostile = "\"><script>alert('x')</script>&amp;";

    public static TheoryData<string> AllPages => new(
        HubPages.Overview(Samples.Fleet(), Samples.As(FleetRole.Admin)), HubPages.Node(Samples.Detail(), Samples.As(FleetRole.Admin)),
        HubPages.AllRollouts(Samples.Rollouts(), Samples.As(FleetRole.Admin)), HubPages.Rollout(Samples.Rollout(), Samples.As(FleetRole.Admin)),
        HubPages.Problem(401, "who are you", null), HubPages.Problem(409, "not now", Samples.As(FleetRole.Viewer)),
        HubPages.Problem(401, "who are you", null, "/sign-in?return=%2Frollouts"), HubPages.Problem(503, "not now", null, "/sign-in"),
        HubPages.Overview(Samples.Fleet(), Samples.As(FleetRole.Viewer) with { SignedIn = true }));

    [Theory]
    [MemberData(nameof(AllPages))]
    public void A_page_has_neither_inline_script_nor_inline_style_and_names_no_foreign_host(string page)
    {
        Assert.DoesNotMatch(@"\son\w+=|\sstyle=|<style|javascript:", page);
        Assert.Single(Regex.Matches(page, "<script"));
        Assert.DoesNotMatch("(src|href|action)=\"(https?:)?//", page);
    }

    [Theory]
    [MemberData(nameof(AllPages))]
    public void Every_element_that_opens_closes_and_no_id_is_there_twice(string page)
    {
        Stack<string> open = new();
        foreach (Match tag in Tags().Matches(page))
        {
            string name = tag.Groups[2].Value;
            if (tag.Groups[1].Length > 0)
            {
                Assert.Equal(open.Pop(), name);
            }
            else if (name is not ("meta" or "link" or "input") && tag.Groups[3].Length == 0)
            {
                open.Push(name);
            }
        }

        Assert.Empty(open);
        Assert.All(Regex.Matches(page, " id=\"([^\"]+)\"").GroupBy(m => m.Groups[1].Value), ids => Assert.Single(ids));
    }

    [Fact]
    public void What_nodes_and_people_say_is_text_and_never_html()
    {
        NodeSummary node = Samples.Node(1) with { Id = Hostile, Hostname = Hostile, Board = Hostile, Version = Hostile, DesiredVersion = Hostile, Labels = new Dictionary<string, string> { [Hostile] = Hostile } };
        NodeModel detail = Samples.Detail(Hostile);
        RolloutModel rollout = Samples.Rollout();
        string[] pages =
        [
            HubPages.Overview(Samples.Fleet(1) with { Nodes = new Page<NodeSummary> { Items = [node], Next = Hostile }, Filter = new OverviewFilter(Hostile, Hostile, Hostile, Hostile, Hostile) }, Samples.As(FleetRole.Admin) with { Caller = Hostile }),
            HubPages.Node(detail with { Detail = detail.Detail with { Summary = node, State = detail.Detail.State! with { Unmet = [Hostile], Addresses = [Hostile], Stage = Hostile } } }, Samples.As(FleetRole.Admin)),
            HubPages.Rollout(rollout with { View = rollout.View with { Id = Hostile, Plan = rollout.View.Plan with { Name = Hostile }, Head = rollout.View.Head with { Reason = Hostile } } }, Samples.As(FleetRole.Admin)),
            HubPages.Problem(400, Hostile, Samples.As(FleetRole.Viewer) with { Caller = Hostile }),
        ];

        Assert.All(pages, p => Assert.DoesNotContain("<script>", p, StringComparison.Ordinal));
        Assert.All(pages, p => Assert.DoesNotContain("alert('", p, StringComparison.Ordinal));
    }

    [Fact]
    public void A_copied_card_is_told_on_the_page_of_the_fleet_and_of_the_node()
    {
        NodeModel model = Samples.Detail();
        NodeSummary cloned = model.Detail.Summary with { ClonedSince = DateTimeOffset.UnixEpoch };

        string page = HubPages.Node(model with { Detail = model.Detail with { Summary = cloned } }, Samples.As(FleetRole.Viewer));

        Assert.Equal("cloned", NodeState.Of(cloned).Kind);
        Assert.Contains("Two devices seem to use this identity", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Two devices seem to use this identity", HubPages.Node(model, Samples.As(FleetRole.Viewer)), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_is_not_known_may_sign_in_and_who_signed_in_may_sign_out_with_the_token()
    {
        Assert.Contains("href=\"/sign-in?return=%2Frollouts\"", HubPages.Problem(401, "who are you", null, "/sign-in?return=%2Frollouts"), StringComparison.Ordinal);
        Assert.DoesNotContain("/sign-in", HubPages.Problem(401, "who are you", null), StringComparison.Ordinal);
        Assert.DoesNotContain("/sign-in", HubPages.Problem(409, "not now", Samples.As(FleetRole.Viewer), "/sign-in"), StringComparison.Ordinal);
        Assert.Matches("action=\"/sign-out\"><input type=\"hidden\" name=\"form-token\" value=\"token-of-the-form\">", HubPages.Overview(Samples.Fleet(), Samples.As(FleetRole.Viewer) with { SignedIn = true }));
        Assert.DoesNotContain("/sign-out", HubPages.Overview(Samples.Fleet(), Samples.As(FleetRole.Viewer)), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_form_that_changes_something_carries_the_token()
    {
        string[] pages = [HubPages.AllRollouts(Samples.Rollouts(), Samples.As(FleetRole.Admin)), HubPages.Rollout(Samples.Rollout(RolloutPhase.AwaitingApproval), Samples.As(FleetRole.Admin)), HubPages.Node(Samples.Detail(), Samples.As(FleetRole.Admin))];

        Assert.All(pages, p => Assert.Equal(Regex.Count(p, "method=\"post\""), Regex.Count(p, "name=\"form-token\" value=\"token-of-the-form\"")));
        Assert.All(pages, p => Assert.Contains("method=\"post\"", p, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(FleetRole.Viewer, RolloutPhase.Running, "")]
    [InlineData(FleetRole.Operator, RolloutPhase.Running, "pause abort")]
    [InlineData(FleetRole.Operator, RolloutPhase.Paused, "resume abort")]
    [InlineData(FleetRole.Operator, RolloutPhase.AwaitingApproval, "abort")]
    [InlineData(FleetRole.Admin, RolloutPhase.AwaitingApproval, "approve abort")]
    [InlineData(FleetRole.Admin, RolloutPhase.Stopped, "")]
    public void A_person_sees_the_buttons_of_their_role_and_of_the_phase(FleetRole role, RolloutPhase phase, string verbs)
    {
        string page = HubPages.Rollout(Samples.Rollout(phase), Samples.As(role));

        Assert.Equal(verbs, string.Join(' ', Regex.Matches(page, "action=\"/rollouts/[^/]+/([a-z]+)\"").Select(m => m.Groups[1].Value)));
    }

    [Theory]
    [InlineData(FleetRole.Viewer, "")]
    [InlineData(FleetRole.Operator, "support reboot rollback upgrade")]
    [InlineData(FleetRole.Admin, "support reboot rollback upgrade patch")]
    public void A_person_sees_the_commands_of_their_role(FleetRole role, string kinds)
    {
        string page = HubPages.Node(Samples.Detail(), Samples.As(role));

        Assert.Equal(kinds, string.Join(' ', Regex.Matches(page, "name=\"kind\" value=\"([a-z]+)\"").Select(m => m.Groups[1].Value)));
        Assert.Equal(role >= FleetRole.Operator, page.Contains("/api/v1/nodes/edge-036/support/c", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("reboot", CommandKind.Reboot, null)]
    [InlineData("support", CommandKind.SupportBundle, null)]
    [InlineData("upgrade", null, "bundle: ")]
    [InlineData("patch", null, "patch: is empty")]
    [InlineData("format", null, "kind: \"format\" is none")]
    public void A_form_becomes_a_command_or_is_refused(string kind, CommandKind? expected, string? problem)
    {
        string? said = CommandForm.Read(name => name == "kind" ? kind : name == "patch" ? " " : null, out CommandRequest? request);

        Assert.StartsWith(problem ?? "", said ?? "", StringComparison.Ordinal);
        Assert.Equal(problem is null, said is null);
        Assert.Equal(expected ?? request?.Kind, request?.Kind);
    }

    [Fact]
    public void A_chart_breaks_where_the_node_was_silent()
    {
        string page = HubPages.Node(Samples.Detail(), Samples.As(FleetRole.Viewer));

        Assert.Equal(2, Regex.Match(page, "class=\"line\" d=\"([^\"]+)\"").Groups[1].Value.Count(c => c == 'M'));
    }

    [Fact]
    public void An_empty_fleet_says_how_to_begin()
    {
        OverviewModel none = Samples.Fleet(0) with { Open = [] };

        Assert.Contains("talosctl fleet enroll", HubPages.Overview(none, Samples.As(FleetRole.Viewer)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_form_becomes_a_plan()
    {
        Dictionary<string, string> form = Form();

        Assert.Null(RolloutForm.Read(form.GetValueOrDefault, Samples.Rollouts().Bundles, out RolloutPlan? plan));

        Assert.Equal("v1.5.0", plan!.Name);
        Assert.Equal([10, 50, 100], plan.Waves.Select(w => w.Percent!.Value));
        Assert.Equal("north", plan.Selector.Labels["site"]);
        Assert.Equal(1800, plan.SoakSeconds);
    }

    [Theory]
    [InlineData("bundle", "other", "bundle: ")]
    [InlineData("waves", "50, 10", "waves")]
    [InlineData("waves", "many", "waves: many is neither")]
    [InlineData("label", "site", "label: site is not")]
    [InlineData("canary", "-1", "canary: \"-1\"")]
    [InlineData("error", "NaN", "error: \"NaN\"")]
    [InlineData("parallel", "", "parallel: \"\"")]
    public void A_form_that_makes_no_sense_is_refused_by_field(string field, string value, string problem)
    {
        Dictionary<string, string> form = Form();
        form[field] = value;

        Assert.Contains(problem, RolloutForm.Read(form.GetValueOrDefault, Samples.Rollouts().Bundles, out _), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("style.css", true)]
    [InlineData("script.js", true)]
    [InlineData("icon.svg", true)]
    [InlineData("../style.css", false)]
    [InlineData("other", false)]
    public void Files_are_served_by_name_alone(string name, bool there) => Assert.Equal(there, PageAssets.Find(name) is { Bytes.Length: > 0 });

    private static Dictionary<string, string> Form() => new()
    {
        ["bundle"] = Samples.Bundle,
        ["name"] = "",
        ["board"] = "",
        ["label"] = "site=north",
        ["canary"] = "1",
        ["waves"] = "10, 50,100",
        ["parallel"] = "50",
        ["error"] = "5",
        ["success"] = "95",
        ["soak"] = "30",
        ["approval"] = "each-wave",
    };

    [GeneratedRegex("<(/?)([a-z0-9]+)(?:\\s[^>]*?)?(/?)>")]
    private static partial Regex Tags();
}
