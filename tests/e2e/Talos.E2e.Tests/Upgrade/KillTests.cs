using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Talos.E2e.Tests.Upgrade;

/// <summary>The plug is pulled at random moments of real updates, from the first byte of the bundle to the commit.</summary>
[Trait("Category", "Kills")]
public sealed class KillTests(ITestOutputHelper output)
{
    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("TALOS_E2E_KILLS") ?? "50", CultureInfo.InvariantCulture);

    /// <summary>Packed at different levels, so that every install writes nearly the whole slot.</summary>
    private static readonly (string Version, string Bundle)[] Releases = [("v0.2.0", "good"), ("v0.6.0", "third"), ("v0.7.0", "fourth")];

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    [Fact]
    public async Task No_power_cut_during_an_update_leaves_anything_but_the_old_or_the_new_version()
    {
        int seed = int.Parse(Environment.GetEnvironmentVariable("TALOS_E2E_SEED") ?? Environment.TickCount.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        Random random = new(seed);
        using Machine machine = new($"kills-{seed}", image: UpgradeFixture.Image("base"));
        await machine.InstallAsync();
        string identity = (await machine.TalosctlAsync("read", "/etc/machine-id")).Expect();

        Stopwatch watch = Stopwatch.StartNew();
        (await UpgradeAsync(machine, Releases[0].Bundle)).Expect();
        TimeSpan install = watch.Elapsed;
        Node now = await AnswersAsync(machine, n => n.Settled);
        TimeSpan trial = watch.Elapsed - install;
        Assert.Equal(("B", "v0.2.0"), (now.Slot, now.Version));
        output.WriteLine($"seed {seed}; an install takes {install.TotalSeconds:F0} s, restart and trial {trial.TotalSeconds:F0} s; the power is cut within these times");

        HashSet<string> allowed = [now.Version];
        Dictionary<string, int> ends = [];
        for (int kill = 1; kill <= Kills; kill++)
        {
            // An update is begun when none is under way; otherwise its trial goes on and is cut again.
            Task<CommandResult>? upgrade = null;
            if (now.Settled)
            {
                string other = await OtherVersionAsync(machine, now);
                (string version, string bundle) = Releases.First(r => r.Version != now.Version && r.Version != other);
                allowed = [now.Version, version];
                upgrade = UpgradeAsync(machine, bundle);
            }

            // Any moment from the first byte to the commit is as likely as any other.
            TimeSpan moment = (now.Settled ? install + trial : trial) * random.NextDouble();
            await Task.Delay(moment, TestContext.Current.CancellationToken);
            string state = await StateAsync(machine);
            machine.CutPower();
            if (upgrade is not null)
            {
                await upgrade;
            }

            machine.PowerOn();
            if (random.Next(4) == 0)
            {
                // Before the node has come up: firmware, boot loader, stage 1 or the first process.
                await Task.Delay(trial * random.NextDouble() * 0.3, TestContext.Current.CancellationToken);
                machine.CutPower();
                machine.PowerOn();
                output.WriteLine($"kill {kill++} in the start");
            }

            Node before = now;
            now = await AnswersAsync(machine, _ => true);
            string what = $"{state.Split(' ')[0]}: {(now.Version == before.Version ? "same" : "other")} version";
            ends[what] = ends.GetValueOrDefault(what) + 1;
            output.WriteLine($"kill {kill} after {moment.TotalSeconds:F1} s, {state}: {before} -> {now}");
            Assert.True(allowed.Contains(now.Version), $"kill {kill} (seed {seed}): {now}, expected {string.Join(" or ", allowed)}");
        }

        now = await AnswersAsync(machine, n => n.Settled);
        Assert.Contains(now.Version, allowed);
        Assert.Equal(identity, (await machine.TalosctlAsync("read", "/etc/machine-id")).Expect());
        output.WriteLine($"{Kills} kills, 0 bricks, at the end {now}; {string.Join(", ", ends.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{e.Key} {e.Value}"))}");
    }

    // A version that was cut off three times in its trial counts as failed: it is wanted all the same.
    private static Task<CommandResult> UpgradeAsync(Machine machine, string bundle) =>
        machine.TalosctlAsync("upgrade", "--image", UpgradeFixture.Bundle(bundle), "--force", "--wait=false");

    /// <summary>What the node was doing when the power went; it may not answer.</summary>
    private static async Task<string> StateAsync(Machine machine)
    {
        Task<CommandResult> asked = machine.TalosctlAsync("update", "status");
        await Task.WhenAny(asked, Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken));
        return asked is { IsCompletedSuccessfully: true, Result.ExitCode: 0 } ? Line(asked.Result.Output, "STATE") : "away";
    }

    /// <summary>Waits until the node answers and is as it should be.</summary>
    private static async Task<Node> AnswersAsync(Machine machine, Func<Node, bool> wanted)
    {
        Node? node = null;
        await Until.HoldsAsync("answering after the power cut", Limit, async () =>
        {
            CommandResult result = await machine.TalosctlAsync("update", "status");
            if (result.ExitCode != 0 || Regex.Match(result.Output, @"RUNNING +slot ([AB]), (v\S+)") is not { Success: true } running)
            {
                return result.Error + result.Output;
            }

            string state = Line(result.Output, "STATE");
            node = new Node(running.Groups[1].Value, running.Groups[2].Value, state);
            return wanted(node) ? null : result.Output;
        });
        return node!;
    }

    private static async Task<string> OtherVersionAsync(Machine machine, Node now)
    {
        string slots = (await machine.TalosctlAsync("slots")).Expect();
        string other = now.Slot == "A" ? "B" : "A";
        return Regex.Match(slots, $@"(?m)\b{other} +\d+ +\S+ +(v\S+)").Groups[1].Value;
    }

    private static string Line(string output, string label) =>
        output.Split('\n').FirstOrDefault(l => l.StartsWith(label, StringComparison.Ordinal))?[label.Length..].Trim() ?? "";

    private sealed record Node(string Slot, string Version, string State)
    {
        public bool Settled => Regex.IsMatch(State, "^(committed|failed|idle|cancelled)");

        public override string ToString() => $"{Slot} {Version} {State}";
    }
}
