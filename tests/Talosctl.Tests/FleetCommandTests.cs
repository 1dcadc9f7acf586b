using System.Net;
using System.Net.Sockets;
using Talosctl.Commands.Fleet;

namespace Talosctl.Tests;

public sealed class FleetCommandTests : FleetCommandTest
{
    private const string Node = """{"id":"edge-1","presence":"online","lastSeen":"2026-11-22T23:31:00.000Z","hostname":"edge-1","board":"qemu-virt","version":"v0.1.0","slot":"A","ready":true,"update":"idle","desiredVersion":"v0.2.0","desiredStatus":"waiting","wearPercent":30,"labels":{"site":"lab"},"revoked":false,"ofANewerHub":1}""";
    private const string Plan = """{"name":"v0.2.0","version":"v0.2.0","bundleId":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}""";
    private const string Bundle = """{"id":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","version":"v0.2.0","boards":["qemu-virt"],"bytes":183000000,"url":"https://hub/b","uploaded":"2026-11-22T23:31:00.000Z","uploadedBy":"admin"}""";

    [Fact]
    public async Task Nodes_of_all_parts_of_the_list_are_in_one_table_and_the_certificate_is_shown()
    {
        Hub.Given("GET /api/v1/nodes?limit=1000", $$"""{"items":[{{Node}}],"next":"edge-1"}""");
        Hub.Given("GET /api/v1/nodes?limit=1000&after=edge-1", """{"items":[{"id":"edge-2","board":"","version":"","ready":false,"labels":{},"revoked":true}]}""");

        Assert.Equal(0, await Run.Run("fleet", "nodes"));

        string[] lines = Run.Out.Split('\n');
        Assert.StartsWith("NODE     PRESENCE   READY   BOARD", lines[0], StringComparison.Ordinal);
        Assert.Contains("v0.2.0 (waiting)   30 %", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("edge-2   revoked    no      -", lines[2], StringComparison.Ordinal);
        Assert.Contains("CN=operator-1", Hub.Caller, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Filters_are_parts_of_the_question()
    {
        Hub.Given("GET /api/v1/nodes?limit=1000&board=qemu-virt&label=site%3Dlab", """{"items":[]}""");

        Assert.Equal(0, await Run.Run("fleet", "nodes", "--board", "qemu-virt", "-l", "site=lab"));

        Assert.Equal("no node fits\n", Run.Error);
    }

    [Theory]
    [InlineData("json", "\"ofANewerHub\": 1")]
    [InlineData("yaml", "ofANewerHub: 1")]
    public async Task Json_and_yaml_are_what_theHub_says(string format, string line)
    {
        Hub.Given("GET /api/v1/nodes?limit=1000", $$"""{"items":[{{Node}}]}""");

        Assert.Equal(0, await Run.Run("fleet", "nodes", "-o", format));

        Assert.Contains(line, Run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_is_shown_with_its_events()
    {
        Hub.Given("GET /api/v1/nodes/edge-1", $$$"""
            {"summary":{{{Node}}},"enrolled":"2026-11-20T10:00:00.000Z","lostEvents":2,"certificates":[],
             "telemetry":{"time":"2026-11-22T23:31:00.000Z","uptimeSeconds":4000,"cpuPercent":12.4,"memoryBytes":1000,"memoryUsedBytes":250,"wear":[{"device":"mmcblk0","kind":"emmc","usedPercent":30,"daysLeft":2000}]}}
            """);
        Hub.Given("GET /api/v1/nodes/edge-1/events?limit=10", """{"items":[{"id":1,"node":"edge-1","stream":"s","received":"2026-11-22T23:31:00.000Z","event":{"seq":7,"time":"2026-11-22T23:31:00.000Z","bootId":"b","kind":"service.failed","severity":"error","message":"kubelet ended"}}]}""");

        Assert.Equal(0, await Run.Run("fleet", "node", "edge-1"));

        Assert.Contains("MEASURED    processor 12 %, memory 25 %, up 1h6m", Run.Out, StringComparison.Ordinal);
        Assert.Contains("FLASH       mmcblk0 (emmc): 30 % of its life used, about 2000 days left", Run.Out, StringComparison.Ordinal);
        Assert.Contains("LOST        2 events", Run.Out, StringComparison.Ordinal);
        Assert.Contains("7     2026-11-22 23:31:00Z   error      service.failed   kubelet ended", Run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rollout_is_made_of_flags_and_the_bundle_is_found_by_its_version()
    {
        Hub.Given("GET /api/v1/bundles", $$"""{"items":[{{Bundle}}]}""");
        Hub.Given("POST /api/v1/rollouts", Rollout("running", 0), 201);

        Assert.Equal(0, await Run.Run("fleet", "rollout", "create", "--bundle", "v0.2.0", "--label", "site=lab", "--waves", "10,50,100", "--window", "Europe/Berlin 22:30 4h mon,tue", "--soak", "10m"));

        string sent = Hub.Requests.Last();
        Assert.Contains("\"labels\":{\"site\":\"lab\"}", sent, StringComparison.Ordinal);
        Assert.Contains("\"percent\":10", sent, StringComparison.Ordinal);
        Assert.Contains("\"soakSeconds\":600", sent, StringComparison.Ordinal);
        Assert.Contains("\"timeZone\":\"Europe/Berlin\",\"days\":[\"mon\",\"tue\"],\"start\":\"22:30\",\"minutes\":240", sent, StringComparison.Ordinal);
        Assert.Contains("> canary   [##########..........]   2", Run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_in_a_file_may_leave_out_what_has_a_default()
    {
        File.WriteAllText(Run["plan.json"], Plan);
        Hub.Given("POST /api/v1/rollouts", Rollout("running", 0), 201);

        Assert.Equal(0, await Run.Run("fleet", "rollout", "create", "-f", "./plan.json"));

        Assert.Contains("\"canary\":1,", Hub.Requests.Last(), StringComparison.Ordinal);
        Assert.Contains("\"maxParallel\":50,\"successPercent\":95,\"errorPercent\":5,", Hub.Requests.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_that_makes_no_sense_is_refused_before_theHub_sees_it()
    {
        Hub.Given("GET /api/v1/bundles", $$"""{"items":[{{Bundle}}]}""");

        Assert.Equal(1, await Run.Run("fleet", "rollout", "create", "--bundle", "v0.2.0", "--waves", "50,10"));

        Assert.StartsWith("plan: ", Run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(Hub.Requests, r => r.StartsWith("POST", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("completed", 0)]
    [InlineData("stopped", 1)]
    public async Task A_rollout_is_followed_until_it_is_over_and_the_exit_code_says_how(string end, int code)
    {
        Hub.Given("GET /api/v1/stream?rollout=r-1", ": connected\n\n");
        Hub.Given("GET /api/v1/rollouts/r-1", Rollout(end, 0));

        Assert.Equal(code, await Run.Run("fleet", "rollout", "status", "r-1", "--watch"));

        Assert.Contains($"r-1: {end}, wave 1/1 (canary), 1 of 2 succeeded", Run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pause")]
    [InlineData("resume")]
    [InlineData("abort")]
    [InlineData("approve")]
    public async Task A_person_acts_on_a_rollout(string verb)
    {
        Hub.Given($"POST /api/v1/rollouts/r-1/{verb}", Rollout("paused", 0));

        Assert.Equal(0, await Run.Run("fleet", "rollout", verb, "r-1"));

        Assert.StartsWith("r-1: paused", Run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Enroll_prints_the_document_of_a_node()
    {
        Hub.Given("POST /api/v1/tokens", """{"id":"t1","token":"secret","uses":3,"used":0,"expires":"2026-11-23T23:31:00.000Z","createdBy":"admin"}""", 201);
        Hub.Given("GET /api/v1/ca", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");

        Assert.Equal(0, await Run.Run("fleet", "enroll", "--uses", "3", "--address", "https://10.0.2.2:8443", "--telemetry-interval", "30s"));

        Assert.Equal(
            "apiVersion: v1alpha1\nkind: FleetConfig\nhub: https://10.0.2.2:8443\nhubCA: |\n    -----BEGIN CERTIFICATE-----\n    AAAA\n    -----END CERTIFICATE-----\n"
            + "token: secret\ntelemetryInterval: 30s\n",
            Run.Out);
        Assert.Contains("\"uses\":3", Hub.Requests[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Live_messages_are_lines_for_people()
    {
        DateTimeOffset now = DateTimeOffset.UnixEpoch;

        Assert.Equal(
            "1970-01-01 00:00:00Z  node     edge-1: online, ready, v0.1.0 in A, ordered v0.2.0 (waiting)",
            FleetWatchCommand.Text(new Talosctl.Fleet.HubMessage("node", Node), now));
        Assert.Equal("1970-01-01 00:00:00Z  rollout  r-1: running, wave 1/1 (canary), 1 of 2 succeeded, 0 failed, 0 active", FleetWatchCommand.Text(new("rollout", Rollout("running", 0)), now));
        Assert.Null(FleetWatchCommand.Text(new("somethingNew", "{}"), now));
    }

    [Fact]
    public async Task The_contexts_of_a_file_name_theHub_and_files_beside_it()
    {
        Run.Variables.Clear();
        File.WriteAllText(Run["fleet.yaml"], $"context: lab\ncontexts:\n  lab: {{hub: '{Hub.Url}', ca: ca.pem, certificate: operator.pem}}\n");
        Hub.Given("GET /api/v1/rollouts", """{"items":[]}""");

        Assert.Equal(0, await Run.Run("fleet", "rollout", "list", "--fleet-config", "./fleet.yaml"));
        Assert.Equal(1, await Run.Run("fleet", "rollout", "list", "--fleet-config", "./fleet.yaml", "--context", "plant"));

        Assert.EndsWith("there is no context plant; there are: lab\n", Run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_theHub_refuses_is_said_in_its_words()
    {
        Hub.Given("POST /api/v1/rollouts/r-1/approve", """{"error":"operator-1 is operator; this takes admin"}""", 403);

        Assert.Equal(1, await Run.Run("fleet", "rollout", "approve", "r-1"));

        Assert.Equal("operator-1 is operator; this takes admin\n", Run.Error);
    }

    [Fact]
    public async Task NoHub_no_listener_and_a_strangers_certificate_are_told_apart()
    {
        using TcpListener free = new(IPAddress.Loopback, 0);
        free.Start();
        int port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();

        Assert.Equal(1, await Run.Run("fleet", "nodes", "--hub", $"https://127.0.0.1:{port}"));
        Assert.Contains("connection refused", Run.Error, StringComparison.Ordinal);
        File.Copy(Run["operator.pem"], Run["other.pem"]);
        Assert.Equal(1, await Run.Run("fleet", "nodes", "--hub-ca", "./other.pem"));
        Assert.Contains("is not of the CA in", Run.Error, StringComparison.Ordinal);
        Run.Variables.Clear();
        Assert.Equal(1, await Run.Run("fleet", "nodes"));
        Assert.StartsWith("no hub is named", Run.Error, StringComparison.Ordinal);
    }

    private static string Rollout(string phase, int failed) => $$"""
        {"id":"r-1","plan":{{Plan}},"head":{"phase":"{{phase}}","wave":0},"waves":[{"name":"canary","size":2,"waiting":1,"active":0,"succeeded":1,"failed":{{failed}},"missed":0}],
         "nodes":2,"touched":1,"created":"2026-11-22T23:31:00.000Z","createdBy":"admin","updated":"2026-11-22T23:31:00.000Z"}
        """.ReplaceLineEndings("");
}
