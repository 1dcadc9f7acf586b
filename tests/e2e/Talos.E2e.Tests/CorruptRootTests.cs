namespace Talos.E2e.Tests;

/// <summary>A root that was tampered with is not believed.</summary>
[Trait("Category", "Endurance")]
public sealed class CorruptRootTests
{
    [Fact]
    public async Task A_flipped_byte_at_the_start_of_the_root_stops_the_boot_with_a_message()
    {
        using Machine machine = new("corrupt-start");
        Flip(machine.Disk, (await RootAsync(machine)).Start);
        machine.PowerOn("-no-reboot");

        Assert.True(await machine.WaitForPowerOffAsync(TimeSpan.FromMinutes(2)), "the machine went on");
        Assert.Matches("(?i)stage ?1.*(verity|ROOT-A|squashfs)", machine.ConsoleText);
    }

    [Fact]
    public async Task A_flipped_byte_inside_the_root_makes_reads_fail_rather_than_lie()
    {
        using Machine machine = new("corrupt-inside");
        (long start, long dataBytes) = await RootAsync(machine);
        // From the second MiB on lie file contents; flipping one byte in every 16th block hits what is read sooner or later.
        for (long at = start + (1 << 20); at < start + dataBytes - (4 << 20); at += 16 * 4096)
        {
            Flip(machine.Disk, at + 1234);
        }

        machine.PowerOn("-no-reboot");

        await Until.HoldsAsync("corruption reported", TimeSpan.FromMinutes(3), () => Task.FromResult(
            machine.ConsoleText.Contains("verity", StringComparison.Ordinal) && machine.ConsoleText.Contains("corrupted", StringComparison.Ordinal)
                ? null : "nothing on the console"));
    }

    private static async Task<(long Start, long Bytes)> RootAsync(Machine machine)
    {
        string table = (await Commands.RunAsync("sfdisk", ["--dump", machine.Disk], machine.Folder)).Expect();
        string root = table.Split('\n').Single(l => l.Contains("\"ROOT-A\"", StringComparison.Ordinal));
        long Field(string name) => long.Parse(root.Split(name + "=")[1].Split(',')[0], System.Globalization.CultureInfo.InvariantCulture) * 512;
        using FileStream disk = File.OpenRead(machine.Disk);
        disk.Position = Field("start") + 40;
        byte[] used = new byte[8];
        disk.ReadExactly(used);
        return (Field("start"), BitConverter.ToInt64(used));
    }

    private static void Flip(string disk, long at)
    {
        using FileStream file = new(disk, FileMode.Open);
        file.Position = at;
        int value = file.ReadByte();
        file.Position = at;
        file.WriteByte((byte)(value ^ 0x40));
    }
}
