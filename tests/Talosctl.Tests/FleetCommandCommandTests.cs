namespace Talosctl.Tests;

/// <summary><c>fleet command</c>.</summary>
public sealed class FleetCommandCommandTests : FleetCommandTest
{
    [Fact]
    public async Task Several_nodes_are_told_in_turn_and_one_that_is_refused_does_not_keep_the_others_from_it()
    {
        Hub.Given("POST /api/v1/nodes/edge-1/commands", Record("edge-1", null), 201);
        Hub.Given("POST /api/v1/nodes/edge-2/commands", """{"error":"node edge-2: is not here"}""", 404);
        Hub.Given("POST /api/v1/nodes/edge-3/commands", Record("edge-3", null), 201);

        Assert.Equal(1, await Run.Run("fleet", "command", "edge-1", "edge-2", "edge-3", "reboot", "--yes", "--expires", "10m"));

        Assert.Equal("edge-2: node edge-2: is not here\n", Run.Error);
        Assert.Equal(["NODE", "edge-1", "edge-3"], Run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')[0]));
        Assert.All(Hub.Requests, r => Assert.Contains("\"kind\":\"reboot\"", r, StringComparison.Ordinal));
        Assert.All(Hub.Requests, r => Assert.Contains("\"expiresSeconds\":600", r, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("reboot")]
    [InlineData("rollback")]
    public async Task What_disrupts_is_not_done_without_a_yes(string action)
    {
        Assert.Equal(1, await Run.Run("fleet", "command", "edge-1", action));
        Assert.Equal($"{action} edge-1: this disrupts what runs there: say --yes if it is meant\n", Run.Error);

        Run.IsInteractive = true;
        Run.Input = "n\n";
        Assert.Equal(1, await Run.Run("fleet", "command", "edge-1", action));
        Assert.EndsWith("Go on? [y/N] ", Run.Error, StringComparison.Ordinal);
        Assert.Empty(Hub.Requests);

        Run.Input = "y\n";
        Hub.Given("POST /api/v1/nodes/edge-1/commands", Record("edge-1", null), 201);
        Assert.Equal(0, await Run.Run("fleet", "command", "edge-1", action));
    }

    [Fact]
    public async Task An_upgrade_names_its_bundle_by_version_and_a_patch_comes_from_a_file()
    {
        string bundle = new('a', 64);
        File.WriteAllText(Run["patch.yaml"], "machine: {}\n");
        Hub.Given("GET /api/v1/bundles", $$"""{"items":[{"id":"{{bundle}}","version":"v0.2.0","boards":[],"bytes":1,"url":"https://hub/b","uploaded":"2026-11-22T23:31:00.000Z","uploadedBy":"admin"}]}""");
        Hub.Given("POST /api/v1/nodes/edge-1/commands", Record("edge-1", null), 201);

        Assert.Equal(0, await Run.Run("fleet", "command", "edge-1", "upgrade", "--bundle", "v0.2.0", "--force", "-y"));
        Assert.Equal(0, await Run.Run("fleet", "command", "edge-1", "patch", "--patch", $"@{Run["patch.yaml"]}", "-y"));
        Assert.Equal(1, await Run.Run("fleet", "command", "edge-1", "upgrade", "-y"));

        Assert.Contains($"\"kind\":\"upgrade\",\"bundleId\":\"{bundle}\",\"force\":true", Hub.Requests[1], StringComparison.Ordinal);
        Assert.Contains("\"kind\":\"applyConfigPatch\",\"force\":false,\"patch\":\"machine: {}\\n\"", Hub.Requests[2], StringComparison.Ordinal);
        Assert.Equal("upgrade: what to install is not said: use --bundle VERSION\n", Run.Error);
    }

    [Theory]
    [InlineData("succeeded", 0)]
    [InlineData("failed", 1)]
    [InlineData("expired", 1)]
    public async Task A_command_is_followed_until_it_ended_and_the_exit_code_says_how(string state, int code)
    {
        Hub.Given("POST /api/v1/nodes/edge-1/commands", Record("edge-1", null), 201);
        Hub.Given("GET /api/v1/stream?node=edge-1", ": connected\n\n");
        Hub.Given("GET /api/v1/nodes/edge-1/commands/c-1", Record("edge-1", state));

        Assert.Equal(code, await Run.Run("fleet", "command", "edge-1", "support", "--watch"));

        Assert.Contains($"edge-1: reboot c-1: {state}: said so", Run.Error, StringComparison.Ordinal);
        Assert.Contains($"reboot   {state}", Run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("json", "\"ofANewerHub\": 1")]
    [InlineData("yaml", "ofANewerHub: 1")]
    public async Task Lists_and_states_are_what_theHub_says(string format, string line)
    {
        Hub.Given("GET /api/v1/nodes/edge-1/commands?limit=20", $$"""{"items":[{{Record("edge-1", "running")}}]}""");
        Hub.Given("GET /api/v1/nodes/edge-1/commands/c-1", Record("edge-1", "running"));

        Assert.Equal(0, await Run.Run("fleet", "command", "list", "edge-1", "-o", format));
        Assert.Contains(line, Run.Out, StringComparison.Ordinal);
        Assert.Equal(0, await Run.Run("fleet", "command", "status", "edge-1", "c-1", "-o", format));
        Assert.Contains(line, Run.Out, StringComparison.Ordinal);
        Assert.Equal(0, await Run.Run("fleet", "command", "status", "edge-1", "c-1"));
        Assert.Contains("edge-1   c-1       reboot   running", Run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("edge-1: is none of reboot, upgrade, rollback, support, patch: talosctl fleet command NODE... ACTION\n", "edge-1")]
    [InlineData("reboot: no node is named: talosctl fleet command NODE... reboot\n", "reboot")]
    public async Task An_action_and_a_node_are_needed(string problem, string word)
    {
        Assert.Equal(1, await Run.Run("fleet", "command", word));

        Assert.Equal(problem, Run.Error);
    }

    private static string Record(string node, string? state) =>
        $$"""{"id":"c-1","node":"{{node}}","kind":"reboot","revision":1,"issued":"2026-11-22T23:31:00.000Z","notAfter":"2026-11-23T23:31:00.000Z","issuedBy":"operator-1","ofANewerHub":1{{(state is null ? "" : $",\"state\":\"{state}\",\"message\":\"said so\"")}}}""";
}
