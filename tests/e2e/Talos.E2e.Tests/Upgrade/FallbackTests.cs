using System.Globalization;

namespace Talos.E2e.Tests.Upgrade;

/// <summary>A new version that does not work ends in the old one by itself, and the node says why.</summary>
[Collection("upgrade")]
[Trait("Category", "Upgrade")]
public sealed class FallbackTests(UpgradeFixture node, ITestOutputHelper output)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(20);

    [Fact]
    public async Task A_kernel_that_panics_ends_in_the_old_slot()
    {
        using Machine machine = await node.StartAsync("fallback-panic");
        await TryAsync(machine, "panic");

        await FellBackAsync(machine, "v0.3.0", "3 starts");
        Assert.Contains("Kernel panic", machine.ConsoleText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_first_process_that_hangs_is_reset_by_the_watchdog_and_ends_in_the_old_slot()
    {
        using Machine machine = await node.StartAsync("fallback-hang");
        await TryAsync(machine, "hang");

        await FellBackAsync(machine, "v0.4.0", "3 starts");
        Assert.Contains("watchdog /dev/watchdog0 armed", machine.ConsoleText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kubelet_that_is_never_ready_ends_in_the_old_slot_at_the_deadline()
    {
        using Machine machine = await node.StartAsync("fallback-kubelet", deadline: "4m");
        await TryAsync(machine, "no-kubelet");

        await FellBackAsync(machine, "v0.5.0", "not healthy within 4m0s", "kubelet");
    }

    [Fact]
    public async Task A_corrupted_root_ends_in_the_old_slot()
    {
        using Machine machine = await node.StartAsync("fallback-corrupt");
        (await machine.TalosctlAsync("upgrade", "--image", UpgradeFixture.Bundle("good"), "--stage")).Expect();
        machine.CutPower();
        await CorruptAsync(machine, "ROOT-B");
        machine.PowerOn();

        await FellBackAsync(machine, "v0.2.0", "3 starts");
        Assert.Matches("(?i)stage ?1.*(does not fit|no root)", machine.ConsoleText);
    }

    [Fact]
    public async Task Three_power_cuts_in_the_trial_boot_end_in_the_old_slot()
    {
        using Machine machine = await node.StartAsync("fallback-cuts");
        (await machine.TalosctlAsync("upgrade", "--image", UpgradeFixture.Bundle("good"), "--stage")).Expect();
        for (int cut = 0; cut <= 3; cut++)
        {
            machine.CutPower();
            int before = Starts(machine);
            machine.PowerOn();
            if (cut < 3)
            {
                await Until.HoldsAsync($"in the trial boot {cut + 1}", TimeSpan.FromMinutes(4), () =>
                    Task.FromResult(Starts(machine) > before ? null : "slot B has not started"));
            }
        }

        await FellBackAsync(machine, "v0.2.0", "3 starts");
    }

    [Fact]
    public async Task With_no_good_slot_the_node_waits_for_help_with_its_API_instead_of_looping()
    {
        using Machine machine = await node.StartAsync("fallback-recovery");
        machine.CutPower();
        string partition = $"{machine.Disk}@@{await StartOfAsync(machine, "EFI")}";
        (await Commands.RunAsync("mren", ["-i", partition, "::EFI/Linux/talos-000001-A.efi", "talos-000001-A+0-3.efi"], machine.Folder)).Expect();
        machine.PowerOn();

        output.WriteLine(await UpgradeFixture.UntilStatusAsync(machine, Limit, "slot A, v0.1.0", "no slot is good"));
        Assert.Contains("stage: maintenance", (await machine.TalosctlAsync("get", "machinestatus", "-o", "yaml")).Expect(), StringComparison.Ordinal);
        Assert.DoesNotContain("kubelet", (await machine.TalosctlAsync("services")).Expect(), StringComparison.Ordinal);

        (await machine.TalosctlAsync("update", "mark-good")).Expect();
        (await machine.TalosctlAsync("reboot", "--wait=false")).Expect();
        await machine.UntilReadyAsync();
        Assert.Matches(@"A +\d+ +good +v0\.1\.0 +true +true", (await machine.TalosctlAsync("slots")).Expect());
    }

    private static int Starts(Machine machine) => machine.ConsoleText.Split("root of slot B").Length - 1;

    private async Task TryAsync(Machine machine, string bundle)
    {
        CommandResult result = await machine.TalosctlAsync("upgrade", "--image", UpgradeFixture.Bundle(bundle), "--wait=false");
        result.Expect();
        output.WriteLine(result.Error);
    }

    /// <summary>Waits until the node runs the old version again and tells of the new one; the old one is ready with its pod.</summary>
    private async Task FellBackAsync(Machine machine, string version, params string[] reason)
    {
        string status = await UpgradeFixture.UntilStatusAsync(machine, Limit, ["slot A, v0.1.0", "FALLBACK", version, .. reason]);
        output.WriteLine(status);
        await machine.UntilReadyAsync();
        await node.UntilPageAsync(machine);
        Assert.Contains("Last fallback: slot B", machine.ConsoleText, StringComparison.Ordinal);
    }

    /// <summary>Flips a bit in the first block of a partition: the superblock of the file system.</summary>
    private static async Task CorruptAsync(Machine machine, string label)
    {
        long start = await StartOfAsync(machine, label);
        using FileStream disk = new(machine.Disk, FileMode.Open);
        disk.Position = start + 100;
        int value = disk.ReadByte();
        disk.Position = start + 100;
        disk.WriteByte((byte)(value ^ 0x10));
    }

    /// <summary>Offset of a partition on the disk, in bytes.</summary>
    private static async Task<long> StartOfAsync(Machine machine, string label)
    {
        string table = (await Commands.RunAsync("sfdisk", ["--dump", machine.Disk], machine.Folder)).Expect();
        string line = table.Split('\n').Single(l => l.Contains($"\"{label}\"", StringComparison.Ordinal));
        return long.Parse(line.Split("start=")[1].Split(',')[0], CultureInfo.InvariantCulture) * 512;
    }
}
