using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Talos.E2e.Tests.Upgrade;

/// <summary>A new version is installed over the API, tried, kept, and gone back from.</summary>
[Collection("upgrade")]
[Trait("Category", "Upgrade")]
public sealed class UpgradeTests(UpgradeFixture node, ITestOutputHelper output)
{
    private static readonly TimeSpan TrialLimit = TimeSpan.FromMinutes(20);

    [Fact]
    public async Task An_upgrade_while_a_pod_runs_is_kept_with_config_identity_and_var_and_can_be_rolled_back()
    {
        using Machine machine = await node.StartAsync("upgrade-good");
        await node.UntilPageAsync(machine);
        string identity = (await machine.TalosctlAsync("read", "/etc/machine-id")).Expect();
        string config = await ConfigAsync(machine);
        string log = await FirstLogLineAsync(machine);

        using CancellationTokenSource stop = new();
        Task<(TimeSpan Api, TimeSpan Pod)> offline = WatchAsync(machine, stop.Token);
        Stopwatch watch = Stopwatch.StartNew();
        string told = (await machine.TalosctlAsync("upgrade", "--image", UpgradeFixture.Bundle("good"), "--wait=false")).Error;
        output.WriteLine($"{told}installed after {watch.Elapsed.TotalSeconds:F1} s");
        await UpgradeFixture.UntilStatusAsync(machine, TrialLimit, "slot B, v0.2.0", "committed");
        await node.UntilPageAsync(machine);
        output.WriteLine($"kept after {watch.Elapsed.TotalSeconds:F1} s");
        await stop.CancelAsync();
        (TimeSpan api, TimeSpan pod) = await offline;
        output.WriteLine($"offline: API {api.TotalSeconds:F1} s, pod {pod.TotalSeconds:F1} s");

        Assert.Equal(identity, (await machine.TalosctlAsync("read", "/etc/machine-id")).Expect());
        Assert.Equal(config, await ConfigAsync(machine));
        Assert.Equal(log, await FirstLogLineAsync(machine));
        string slots = (await machine.TalosctlAsync("slots")).Expect();
        output.WriteLine(slots);
        Assert.Matches(@"A +\d+ +good +v0\.1\.0 +false +false", slots);
        Assert.Matches(@"B +\d+ +good +v0\.2\.0 +true +true", slots);

        (await machine.TalosctlAsync("rollback", "--wait=false")).Expect();
        await UpgradeFixture.UntilStatusAsync(machine, TrialLimit, "slot A, v0.1.0");
        await machine.UntilReadyAsync();
    }

    [Fact]
    public async Task With_wipe_var_is_wiped_and_a_break_of_the_server_costs_only_the_rest()
    {
        using Machine machine = await node.StartAsync("upgrade-wipe");
        string identity = (await machine.TalosctlAsync("read", "/etc/machine-id")).Expect();
        string log = await FirstLogLineAsync(machine);
        using RangeServer server = new(UpgradeFixture.Bundle("good"));
        server.BreakAfter(server.Length / 2);

        Task<CommandResult> upgrade = machine.TalosctlAsync("upgrade", "--image", server.GuestUrl, "--wipe", "--yes", "--wait=false");
        await Until.HoldsAsync("broken off", TimeSpan.FromMinutes(4), () => Task.FromResult(server.Broken ? null : "still serving"));
        await Task.Delay(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        server.Heal();
        CommandResult result = await upgrade;
        result.Expect();
        output.WriteLine($"{result.Error}{server.Length} bytes of bundle, {server.Served} bytes served in {server.Requests} requests");
        Assert.InRange(server.Served, 1, server.Length + (4 << 20));

        await UpgradeFixture.UntilStatusAsync(machine, TrialLimit, "slot B, v0.2.0", "committed");
        Assert.Equal(identity, (await machine.TalosctlAsync("read", "/etc/machine-id")).Expect());
        Assert.NotEqual(log, await FirstLogLineAsync(machine));
        Assert.Contains("EPHEMERAL wiped", machine.ConsoleText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_must_not_be_installed_is_refused_with_its_reason_and_changes_nothing()
    {
        using Machine machine = await node.StartAsync("upgrade-refused");
        string tampered = Path.Combine(machine.Folder, "tampered.bundle");
        File.Copy(UpgradeFixture.Bundle("good"), tampered);
        using (FileStream file = new(tampered, FileMode.Open))
        {
            file.Position = 600;
            int value = file.ReadByte();
            file.Position = 600;
            file.WriteByte((byte)(value ^ 1));
        }

        CommandResult refused = await machine.TalosctlAsync("upgrade", "--image", tampered);
        output.WriteLine(refused.Error);
        Assert.NotEqual(0, refused.ExitCode);
        refused = await machine.TalosctlAsync("upgrade", "--image", "/var/no-such.bundle");
        output.WriteLine(refused.Error);
        Assert.Contains("/var/no-such.bundle", refused.Error, StringComparison.Ordinal);
        refused = await machine.TalosctlAsync("rollback");
        output.WriteLine(refused.Error);
        Assert.Contains("nothing good to go back to", refused.Error, StringComparison.Ordinal);
        Assert.Matches(@"B +\d+ +empty", (await machine.TalosctlAsync("slots")).Expect());

        (await machine.TalosctlAsync("upgrade", "--image", UpgradeFixture.Bundle("good"), "--stage")).Expect();
        refused = await machine.TalosctlAsync("upgrade", "--image", UpgradeFixture.Bundle("good"));
        output.WriteLine(refused.Error);
        Assert.Contains("trial pending", refused.Error, StringComparison.Ordinal);
        (await machine.TalosctlAsync("update", "cancel")).Expect();
        Assert.Contains("slot A, v0.1.0", (await machine.TalosctlAsync("update", "status")).Expect(), StringComparison.Ordinal);
        Assert.DoesNotMatch(@"B +\d+ +trial", (await machine.TalosctlAsync("slots")).Expect());
    }

    private static async Task<string> ConfigAsync(Machine machine)
    {
        string yaml = (await machine.TalosctlAsync("get", "machineconfig", "v1alpha1", "-o", "yaml")).Expect();
        return Regex.Replace(yaml, "(?m)^    (created|updated|version): .*$", "");
    }

    private static async Task<string> FirstLogLineAsync(Machine machine) =>
        (await machine.TalosctlAsync("read", "/var/log/cri.log")).Expect().Split('\n')[0];

    /// <summary>The longest time in which API and pod did not answer.</summary>
    private async Task<(TimeSpan Api, TimeSpan Pod)> WatchAsync(Machine machine, CancellationToken ct)
    {
        Task<TimeSpan> api = LongestGapAsync(async () => (await machine.TalosctlAsync("version")).ExitCode == 0, ct);
        Task<TimeSpan> pod = LongestGapAsync(async () => (await node.Http.GetStringAsync(machine.Web(8080))).Length > 0, ct);
        return (await api, await pod);
    }

    private static async Task<TimeSpan> LongestGapAsync(Func<Task<bool>> answers, CancellationToken ct)
    {
        Stopwatch since = Stopwatch.StartNew();
        TimeSpan longest = TimeSpan.Zero;
        while (!ct.IsCancellationRequested)
        {
            bool answered = false;
            try
            {
                answered = await answers();
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                // Away.
            }

            longest = since.Elapsed > longest ? since.Elapsed : longest;
            if (answered)
            {
                since.Restart();
            }

            await Task.Delay(300, CancellationToken.None);
        }

        return longest;
    }
}
