using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.RegularExpressions;
using Talos.E2e.Tests.Upgrade;

namespace Talos.E2e.Tests.Fleet;

/// <summary>An emulated node in a fleet: what keeps it out is told and does no harm, and a rollout takes it to the next version.</summary>
[Trait("Category", "Fleet")]
public sealed class FleetTests(ITestOutputHelper output)
{
    private const string Id = "edge-e2e";

    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task A_node_joins_after_a_wrong_authority_and_is_taken_to_the_next_version_by_a_rollout()
    {
        // A second disk: an NVMe whose reserve is used up.
        using Machine machine = new("fleet", image: UpgradeFixture.Image("base"))
        {
            Devices = ["-blockdev", "driver=null-co,node-name=worn,size=1073741824", "-device", "nvme,drive=worn,serial=worn,smart_critical_warning=1"],
        };
        using Hub hub = new(machine.Folder);
        await Task.WhenAll(machine.InstallAsync(Held), hub.UntilAnswersAsync());
        Assert.Matches("nvme0n1.*spare", (await machine.TalosctlAsync("get", "diskhealths")).Expect());

        string document = Path.Combine(machine.Folder, "fleet.yaml");
        await File.WriteAllTextAsync(document, (await hub.FleetAsync("enroll", "--node", Id, "--address", hub.Address, "--telemetry-interval", "30s", "--label", "site=e2e")).Expect());

        // Who pretends to be the hub gets no token, and the node goes on.
        await PatchAsync(machine, Foreign(await File.ReadAllTextAsync(document)));
        await UntilLoggedAsync(machine, "certificate");
        await machine.UntilReadyAsync();
        Assert.DoesNotContain(Id, (await hub.FleetAsync("nodes")).Expect());

        CommandResult refused = await machine.TalosctlAsync("patch", "machineconfig", "--patch", "{apiVersion: v1alpha1, kind: FleetConfig, brokers: [tcp://x]}");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("FleetConfig/brokers", refused.Error);

        await PatchAsync(machine, await File.ReadAllTextAsync(document));
        await UntilAsync(hub, "online and ready in slot A", n => (Text(n, "presence"), Text(n, "version"), Text(n, "slot"), n.GetProperty("ready").GetBoolean()) == ("online", "v0.1.0", "A", true));
        await UntilShownAsync(hub, "1 of 1 pods ready");
        await UntilShownAsync(hub, "nvme0n1 warns: spare");
        await UntilShownAsync(hub, @"nvme0n1 \(nvme\): 0 % of its life used.*IT WARNS");

        // A pod that forbids disruption holds the order back for its time.
        (await hub.FleetAsync("bundle", "upload", UpgradeFixture.Bundle("good"))).Expect();
        Task<CommandResult> watched = hub.FleetAsync("rollout", "create", "--bundle", "v0.2.0", "--node", Id, "--watch");
        await UntilShownAsync(hub, "vetoed, workload: pod default-web forbids disruption");
        CommandResult rollout = await watched;
        output.WriteLine(rollout.Error + rollout.Output);
        rollout.Expect();
        await UntilAsync(hub, "committed in slot B", n => (Text(n, "presence"), Text(n, "version"), Text(n, "slot"), Text(n, "update")) == ("online", "v0.2.0", "B", "committed"));
        Assert.Contains("slot B, v0.2.0", (await machine.TalosctlAsync("update", "status")).Expect());

        // Commands of a person: what a rollout reached is not forced upon the node again.
        await CommandAsync(hub, "support");
        await CommandAsync(hub, "patch", "--patch", "{apiVersion: v1alpha1, kind: FleetConfig, labels: {rack: r7}}");
        await UntilShownAsync(hub, "rack=r7");
        await CommandAsync(hub, "rollback");
        await UntilAsync(hub, "back in slot A", n => (Text(n, "presence"), Text(n, "version"), Text(n, "slot")) == ("online", "v0.1.0", "A"));
        await UntilShownAsync(hub, "done, it was reached; v0.1.0 was chosen since");
        await machine.UntilReadyAsync();
        Assert.Contains("slot A, v0.1.0", (await machine.TalosctlAsync("update", "status")).Expect());

        // A broker that is not there.
        await PatchAsync(machine, "{apiVersion: v1alpha1, kind: FleetConfig, brokers: [\"mqtts://10.0.2.2:1\"]}");
        await UntilLoggedAsync(machine, "Connection refused");
        await machine.UntilReadyAsync();
        await UntilAsync(hub, "offline", n => Text(n, "presence") == "offline");
        string log = (await machine.TalosctlAsync("logs", "fleet-agent")).Expect();
        Assert.DoesNotContain("Unhandled", log);
        Assert.DoesNotContain("   at ", log);
    }

    /// <summary>A pod that an update has to wait for, a minute at most.</summary>
    private static string Held => Testdata.OnePod.Replace("{name: web, namespace: default}", "{name: web, namespace: default, annotations: {talos.dev/forbid-disruption: 1m}}", StringComparison.Ordinal);

    /// <summary>The document with an authority the hub is not of.</summary>
    private static string Foreign(string document)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=another authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        int from = document.IndexOf("    -----BEGIN", StringComparison.Ordinal);
        int to = document.IndexOf("CERTIFICATE-----\n", document.IndexOf("-----END", StringComparison.Ordinal), StringComparison.Ordinal) + "CERTIFICATE-----\n".Length;
        return document[..from] + string.Concat(authority.ExportCertificatePem().Split('\n').Select(l => $"    {l}\n")) + document[to..];
    }

    private static async Task PatchAsync(Machine machine, string patch) =>
        (await machine.TalosctlAsync("patch", "machineconfig", "--mode", "no-reboot", "--patch", patch)).Expect();

    private static Task UntilLoggedAsync(Machine machine, string text) => Until.HoldsAsync($"the agent saying '{text}'", Soon, async () =>
    {
        CommandResult log = await machine.TalosctlAsync("logs", "fleet-agent");
        return log.ExitCode == 0 && log.Output.Contains(text, StringComparison.Ordinal) ? null : log.Error + log.Output;
    });

    private static Task UntilAsync(Hub hub, string what, Func<JsonElement, bool> holds) => Until.HoldsAsync(what, Soon, async () =>
    {
        JsonElement? node = await hub.NodeAsync(Id);
        return node is { } known && holds(known) ? null : node?.ToString() ?? "not enrolled";
    });

    /// <summary>Waits for something in what <c>talosctl fleet node</c> shows.</summary>
    private static Task UntilShownAsync(Hub hub, string pattern) => Until.HoldsAsync($"shown: {pattern}", Soon, async () =>
    {
        CommandResult shown = await hub.FleetAsync("node", Id, "--events", "100");
        return Regex.IsMatch(shown.Output, pattern) ? null : shown.Error + shown.Output;
    });

    private async Task CommandAsync(Hub hub, params string[] action)
    {
        CommandResult done = await hub.FleetAsync(["command", Id, .. action, "--yes", "--watch"]);
        output.WriteLine(done.Error + done.Output);
        done.Expect();
    }

    private static string? Text(JsonElement of, string name) => of.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
}
