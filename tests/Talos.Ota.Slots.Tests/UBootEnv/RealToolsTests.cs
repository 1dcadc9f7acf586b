using System.Diagnostics;
using Talos.Ota.Slots.UBootEnv;

namespace Talos.Ota.Slots.Tests.UBootEnv;

/// <summary>Debian's u-boot-tools on the same files.</summary>
[Trait("Category", "Integration")]
public sealed class RealToolsTests : IDisposable
{
    private const int Size = 0x4000;

    private readonly string _folder = Directory.CreateTempSubdirectory("talos-uboot").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Fw_printenv_reads_what_we_write_and_we_read_what_fw_setenv_writes(int copies)
    {
        string image = Path.Combine(_folder, "disk.img");
        UBootEnvironment written = UBootSlots.Write(
            UBootEnvironment.Empty.With("bootdelay", "0"), new SlotTable(new Slot(SlotId.A, SlotCondition.Good, 1), new Slot(SlotId.B, SlotCondition.Trial, 2, 3)));
        byte[] disk = new byte[copies * Size];
        for (int i = 0; i < copies; i++)
        {
            written.ToBytes(Size, copies == 2 ? (byte)i : null).CopyTo(disk, i * Size);
        }

        File.WriteAllBytes(image, disk);
        string config = Path.Combine(_folder, "fw_env.config");
        File.WriteAllLines(config, Enumerable.Range(0, copies).Select(i => $"{image} 0x{i * Size:x} 0x{Size:x}"));

        string printed = Run("fw_printenv", "-c", config);
        Run("fw_setenv", "-c", config, "talos_left_B", "2");
        Run("fw_setenv", "-c", config, "talos_done_B", "1");
        byte[] after = File.ReadAllBytes(image);
        UBootCopies read = UBootCopies.Read([.. Enumerable.Range(0, copies).Select(i => after.AsSpan(i * Size, Size).ToArray())]);

        Assert.Equal(written.Values.Select(v => $"{v.Key}={v.Value}").Order(StringComparer.Ordinal), printed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
        Assert.Equal(new Slot(SlotId.B, SlotCondition.Trial, 2, 2, 1), UBootSlots.Read(read.Environment).B);
        Assert.Equal("0", read.Environment.Find("bootdelay"));
    }

    private static string Run(string tool, params string[] arguments)
    {
        ProcessStartInfo start = new(File.Exists($"/usr/sbin/{tool}") ? $"/usr/sbin/{tool}" : tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{tool}: {error}");
        return output;
    }
}
