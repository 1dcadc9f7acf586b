using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Talos.E2e.Tests.Upgrade;

namespace Talos.E2e.Tests.Starts;

/// <summary>Starts without end: the first one of a freshly written slot on its trial and the one after it, two machines at once.</summary>
/// <remarks>
/// TALOS_E2E_STARTS is the number of starts in the tally to reach (300), TALOS_E2E_STARTS_MINUTES ends the batch before;
/// the next run goes on. Every other pair of machines shares one processor of the host.
/// </remarks>
[Trait("Category", "Starts")]
public sealed partial class StartsTests(ITestOutputHelper output)
{
    private const string Begin = "root of slot B";
    private const string End = "Sequence initialize done";

    /// <summary>Three watchdog resets long.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(6);

    private static readonly int Wanted = Setting("TALOS_E2E_STARTS", 300);
    private static readonly TimeSpan Batch = TimeSpan.FromMinutes(Setting("TALOS_E2E_STARTS_MINUTES", 60 * 24));

    [Fact]
    public async Task No_start_of_a_freshly_written_slot_stands_still()
    {
        Tally tally = new(Path.Combine(Workspace.Root, "tests", "e2e", "starts", "tally.tsv"));
        string written = await WrittenAsync();
        using Machine one = Copy("starts-1", written);
        using Machine two = Copy("starts-2", written);
        Stopwatch watch = Stopwatch.StartNew();

        for (int pair = tally.Count / 4; tally.Count < Wanted && watch.Elapsed < Batch; pair++)
        {
            one.Throttled = two.Throttled = pair % 2 == 1;
            await Task.WhenAll(TwoStartsAsync(one, tally), TwoStartsAsync(two, tally));
        }

        foreach (string line in tally.Summary())
        {
            output.WriteLine(line);
        }

        Assert.Equal(0, tally.Stalls);
    }

    [Theory]
    [InlineData("collector")]
    [InlineData("sequence")]
    public async Task A_boot_that_stands_still_tells_what_every_thread_does(string stall)
    {
        using Machine machine = new($"stall-{stall}", image: UpgradeFixture.Image($"stall-{stall}"));
        machine.PowerOn();

        await Until.HoldsAsync("reported", TimeSpan.FromMinutes(4), () => Task.FromResult(
            machine.ConsoleText.Contains("stall: end of the threads", StringComparison.Ordinal) ? null : "no report on the console"));

        string console = machine.ConsoleText;
        output.WriteLine(string.Join('\n', console.Split('\n').Where(l => l.Contains("stall:", StringComparison.Ordinal))));
        Assert.Matches(@"stall: process 1 thread 1 \S+: \w, waits in \w+, system call", console);
        Assert.Matches(@"stall: process \d+ thread \d+ udevd", console);
        Assert.Single(Regex.Matches(console, "what every thread does"));
        if (stall == "collector")
        {
            Assert.Matches(@"stall: process 1 thread \d+ standstill: S, .*stack pipe_read", console);
            Assert.DoesNotContain(End, console, StringComparison.Ordinal);
        }
    }

    /// <summary>Power on, early boot, reset, early boot; nothing is written to the disk of the machine.</summary>
    private async Task TwoStartsAsync(Machine machine, Tally tally)
    {
        int seen = machine.ConsoleText.Length;
        machine.PowerOn("-snapshot");
        if (await StartAsync(machine, seen, "first", tally))
        {
            seen = machine.ConsoleText.Length;
            await machine.ResetAsync();
            await StartAsync(machine, seen, "again", tally);
        }

        machine.CutPower();
    }

    /// <returns>Whether the start came to its end.</returns>
    private async Task<bool> StartAsync(Machine machine, int seen, string kind, Tally tally)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (watch.Elapsed < Limit)
        {
            string console = machine.ConsoleText[seen..];
            bool again = console.Split(Begin).Length > 2;
            if (!again && console.Contains(End, StringComparison.Ordinal) && EndTime().Match(console) is { Success: true } end)
            {
                double kernel = double.Parse(end.Groups[1].Value, CultureInfo.InvariantCulture);
                bool reported = console.Contains("stall:", StringComparison.Ordinal);
                tally.Add(new StartRow(kind, machine.Throttled, watch.Elapsed.TotalSeconds, kernel, reported ? "reported" : "ok"));
                return true;
            }

            if (again)
            {
                break;
            }

            await Task.Delay(200, TestContext.Current.CancellationToken);
        }

        string folder = Workspace.NewFolder($"stall-{tally.Count + 1}");
        await File.WriteAllTextAsync(Path.Combine(folder, "registers"), await machine.CaptureAsync());
        await File.WriteAllTextAsync(Path.Combine(folder, "console.log"), machine.ConsoleText[seen..]);
        tally.Add(new StartRow(kind, machine.Throttled, 0, 0, "stall"));
        output.WriteLine($"a start stood still: {folder}");
        return false;
    }

    /// <summary>A node of v0.1.0, switched off, whose slot B was just written and is next; kept for the next batch.</summary>
    private static async Task<string> WrittenAsync()
    {
        string folder = Path.Combine(Workspace.Root, "out", "e2e", "starts-written");
        string done = Path.Combine(folder, "written");
        if (File.Exists(done) && File.GetLastWriteTimeUtc(done) > File.GetLastWriteTimeUtc(UpgradeFixture.Bundle("good")))
        {
            return folder;
        }

        using Machine machine = new("starts-written", image: UpgradeFixture.Image("base"));
        await machine.InstallAsync();
        (await machine.TalosctlAsync("upgrade", "--image", UpgradeFixture.Bundle("good"), "--stage")).Expect();
        (await machine.TalosctlAsync("shutdown", "--wait=false")).Expect();
        Assert.True(await machine.WaitForPowerOffAsync(TimeSpan.FromMinutes(5)), "the node did not switch itself off");
        await File.WriteAllTextAsync(done, "");
        return machine.Folder;
    }

    private static Machine Copy(string name, string written)
    {
        Machine machine = new(name, image: Path.Combine(written, "disk.raw"));
        File.Copy(Path.Combine(written, "vars.fd"), Path.Combine(machine.Folder, "vars.fd"));
        return machine;
    }

    private static int Setting(string variable, int normal) =>
        int.Parse(Environment.GetEnvironmentVariable(variable) ?? normal.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\[ *(\d+\.\d+)\][^\n]*" + End)]
    private static partial Regex EndTime();
}
