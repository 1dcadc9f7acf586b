using System.Diagnostics;

namespace Talos.E2e.Tests;

/// <summary>What needs its own machine, because it goes down.</summary>
[Trait("Category", "Endurance")]
public sealed class LifecycleTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_node_takes_a_config_refuses_a_bad_one_reboots_with_its_pods_and_is_reset()
    {
        using Machine machine = new("lifecycle");
        await machine.GenerateConfigAsync(Testdata.OnePod);
        machine.PowerOn();
        await machine.UntilMaintenanceAsync();

        string good = await File.ReadAllTextAsync(Path.Combine(machine.Folder, "controlplane.yaml"), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(machine.Folder, "bad.yaml"), good.Replace("machine:", "machine:\n    kubelett: {}", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        CommandResult bad = await machine.InsecureAsync("apply-config", "--file", "bad.yaml");
        Assert.NotEqual(0, bad.ExitCode);
        Assert.Contains("machine.kubelett", bad.Error, StringComparison.Ordinal);
        Assert.Contains("kubelet", bad.Error, StringComparison.Ordinal);

        (await machine.InsecureAsync("apply-config", "--file", "controlplane.yaml")).Expect();
        await machine.UntilReadyAsync();
        using HttpClient http = new() { Timeout = TimeSpan.FromSeconds(20) };
        await PageAsync(machine, http);
        string identity = (await machine.TalosctlAsync("read", "/etc/machine-id")).Expect();

        Stopwatch reboot = Stopwatch.StartNew();
        (await machine.TalosctlAsync("reboot", "--wait", "--timeout", "5m")).Expect();
        await PageAsync(machine, http);
        output.WriteLine($"reboot until the pod answers: {reboot.Elapsed.TotalSeconds:F1} s");
        Assert.Equal(identity, (await machine.TalosctlAsync("read", "/etc/machine-id")).Expect());

        (await machine.TalosctlAsync("reset", "--graceful=false", "--reboot", "--system-labels-to-wipe", "STATE", "--system-labels-to-wipe", "EPHEMERAL", "--wait=false")).Expect();
        await machine.UntilMaintenanceAsync();

        machine.CutPower();
    }

    [Fact]
    public async Task A_node_with_512_MiB_boots_answers_and_switches_off()
    {
        using Machine machine = new("small", memoryMiB: 512);
        await machine.InstallAsync(Testdata.OnePod);
        using HttpClient http = new() { Timeout = TimeSpan.FromSeconds(20) };

        await PageAsync(machine, http);
        output.WriteLine((await machine.TalosctlAsync("memory")).Expect());
        (await machine.TalosctlAsync("shutdown", "--wait=false")).Expect();

        Assert.True(await machine.WaitForPowerOffAsync(TimeSpan.FromMinutes(3)), "the machine did not switch itself off");
    }

    private static Task PageAsync(Machine machine, HttpClient http) => Until.HoldsAsync("the pod answering", TimeSpan.FromMinutes(6), async () =>
        (await http.GetStringAsync(machine.Web(8080))).Contains("It works", StringComparison.Ordinal) ? null : "another page");
}
