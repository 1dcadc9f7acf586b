using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
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
        using Machine machine = new("fleet", image: UpgradeFixture.Image("base"));
        using Hub hub = new(machine.Folder);
        await Task.WhenAll(machine.InstallAsync(), hub.UntilAnswersAsync());

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

        (await hub.FleetAsync("bundle", "upload", UpgradeFixture.Bundle("good"))).Expect();
        CommandResult rollout = await hub.FleetAsync("rollout", "create", "--bundle", "v0.2.0", "--node", Id, "--watch");
        output.WriteLine(rollout.Error + rollout.Output);
        rollout.Expect();
        await UntilAsync(hub, "committed in slot B", n => (Text(n, "presence"), Text(n, "version"), Text(n, "slot"), Text(n, "update")) == ("online", "v0.2.0", "B", "committed"));
        Assert.Contains("slot B, v0.2.0", (await machine.TalosctlAsync("update", "status")).Expect());

        // A broker that is not there.
        await PatchAsync(machine, "{apiVersion: v1alpha1, kind: FleetConfig, brokers: [\"mqtts://10.0.2.2:1\"]}");
        await UntilLoggedAsync(machine, "Connection refused");
        await machine.UntilReadyAsync();
        await UntilAsync(hub, "offline", n => Text(n, "presence") == "offline");
        string log = (await machine.TalosctlAsync("logs", "fleet-agent")).Expect();
        Assert.DoesNotContain("Unhandled", log);
        Assert.DoesNotContain("   at ", log);
    }

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

    private static string? Text(JsonElement of, string name) => of.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
}
