using System.Diagnostics;

namespace Talos.E2e.Tests.Bench;

/// <summary>How long a node takes from the kernel's start to its first answer over mTLS.</summary>
[Trait("Category", "Bench")]
public sealed class BootTimeBench(ITestOutputHelper output)
{
    private const string KernelStart = "Booting Linux on physical CPU";
    private const string InitStart = "Run /init as init process";

    [Fact]
    public async Task The_first_answer_comes_soon_after_the_kernels_own_time()
    {
        double empty = await EmptyInitAsync();
        using Machine machine = new("bench-boot");
        await machine.InstallAsync();
        machine.CutPower();
        File.Delete(Path.Combine(machine.Folder, "console.log"));

        machine.PowerOn();
        Stopwatch kernel = await SeenAsync(machine, KernelStart);
        await SeenAsync(machine, InitStart);
        double init = kernel.Elapsed.TotalSeconds;
        await Until.HoldsAsync("answering", TimeSpan.FromMinutes(3), async () =>
            await machine.TalosctlAsync("version") is { ExitCode: not 0 } failed ? failed.Error : null);
        double answer = kernel.Elapsed.TotalSeconds;

        output.WriteLine($"same kernel, empty init: {empty:F1} s from kernel start to init");
        output.WriteLine($"node: {init:F1} s from kernel start to stage 1, {answer:F1} s to the first mTLS answer");
        Assert.InRange(answer, init, 120);
    }

    private static async Task<Stopwatch> SeenAsync(Machine machine, string text)
    {
        await Until.HoldsAsync($"\"{text}\" on the console", TimeSpan.FromMinutes(2), () => Task.FromResult(
            machine.ConsoleText.Contains(text, StringComparison.Ordinal) ? null : "not printed"));
        return Stopwatch.StartNew();
    }

    /// <summary>Boots the kernel of the image directly with an init that only says that it is there.</summary>
    private static async Task<double> EmptyInitAsync()
    {
        string folder = Workspace.NewFolder("bench-empty");
        string esp = Path.Combine(folder, "talos.efi");
        long start = await EfiStartAsync(folder);
        (await Commands.RunAsync("mcopy", ["-i", $"{Workspace.Image}@@{start}", "::/EFI/Linux/talos-000001-A.efi", esp], folder)).Expect();
        (await Commands.RunAsync("aarch64-linux-gnu-objcopy", ["--dump-section", ".linux=vmlinuz", esp, "copy.efi"], folder)).Expect();
        await File.WriteAllTextAsync(Path.Combine(folder, "init.c"), """
            #include <unistd.h>
            #include <sys/reboot.h>
            int main(void) { write(1, "EMPTY INIT\n", 11); reboot(RB_POWER_OFF); for (;;) pause(); }
            """);
        (await Commands.RunAsync("aarch64-linux-gnu-gcc", ["-Os", "-static", "-o", "init", "init.c"], folder)).Expect();
        (await Commands.RunAsync("/bin/sh", ["-c", "echo init | cpio -o -H newc --quiet > init.cpio"], folder)).Expect();

        string console = Path.Combine(folder, "console.log");
        using Process qemu = Process.Start("qemu-system-aarch64",
        [
            "-M", "virt", "-cpu", "cortex-a72", "-smp", "2", "-m", "1024", "-accel", "tcg,thread=multi", "-display", "none", "-monitor", "none",
            "-serial", $"file:{console}", "-kernel", Path.Combine(folder, "vmlinuz"), "-initrd", Path.Combine(folder, "init.cpio"), "-append", "console=ttyAMA0",
        ]);
        try
        {
            string Text() => File.Exists(console) ? File.ReadAllText(console) : "";
            await Until.HoldsAsync("the kernel starting", TimeSpan.FromMinutes(1), () => Task.FromResult(Text().Contains(KernelStart, StringComparison.Ordinal) ? null : "nothing"));
            Stopwatch watch = Stopwatch.StartNew();
            await Until.HoldsAsync("the empty init running", TimeSpan.FromMinutes(2), () => Task.FromResult(Text().Contains("EMPTY INIT", StringComparison.Ordinal) ? null : "not yet"));
            return watch.Elapsed.TotalSeconds;
        }
        finally
        {
            qemu.Kill();
        }
    }

    private static async Task<long> EfiStartAsync(string folder)
    {
        string table = (await Commands.RunAsync("sfdisk", ["--dump", Workspace.Image], folder)).Expect();
        string line = table.Split('\n').Single(l => l.Contains("\"EFI\"", StringComparison.Ordinal));
        return long.Parse(line.Split("start=")[1].Split(',')[0], System.Globalization.CultureInfo.InvariantCulture) * 512;
    }
}
