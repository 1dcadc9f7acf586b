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

        Stopwatch whole = Stopwatch.StartNew();
        await UpgradeAsync(machine, Releases[0].Bundle);
        Node now = await SettledAsync(machine);
        Assert.Equal(("B", "v0.2.0"), (now.Slot, now.Version));
        TimeSpan length = whole.Elapsed;
        output.WriteLine($"seed {seed}; an update to the commit takes {length.TotalSeconds:F0} s, the power is cut within that time");

        Dictionary<string, int> ends = [];
        int changed = 0;
        for (int kill = 1; kill <= Kills; kill++)
        {
            string other = await OtherVersionAsync(machine, now);
            (string version, string bundle) = Releases.First(r => r.Version != now.Version && r.Version != other);
            TimeSpan moment = length * random.NextDouble();
            Task<CommandResult> upgrade = machine.TalosctlAsync("upgrade", "--image", UpgradeFixture.Bundle(bundle), "--preserve", "--wait=false");
            await Task.Delay(moment, TestContext.Current.CancellationToken);
            string state = await StateAsync(machine);
            machine.CutPower();
            await upgrade;
            machine.PowerOn();

            Node before = now;
            now = await SettledAsync(machine);
            string end = now.Version == before.Version ? "old" : "new";
            output.WriteLine($"kill {kill} after {moment.TotalSeconds:F1} s, {state}: {before} -> {now} ({end})");
            Assert.True(now.Version == before.Version || now.Version == version, $"kill {kill} (seed {seed}): {before}, update to {version}, now {now}");
            ends[$"{state.Split(' ')[0]}: {end}"] = ends.GetValueOrDefault($"{state.Split(' ')[0]}: {end}") + 1;
            changed += end == "new" ? 1 : 0;
        }

        Assert.Equal(identity, (await machine.TalosctlAsync("read", "/etc/machine-id")).Expect());
        output.WriteLine($"{Kills} kills: {Kills - changed} times the old version, {changed} times the new one, 0 bricks");
        output.WriteLine(string.Join(", ", ends.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{e.Key} {e.Value}")));
    }

    private static async Task UpgradeAsync(Machine machine, string bundle) =>
        (await machine.TalosctlAsync("upgrade", "--image", UpgradeFixture.Bundle(bundle), "--preserve", "--wait=false")).Expect();

    /// <summary>What the node was doing when the power went; it may not answer.</summary>
    private static async Task<string> StateAsync(Machine machine)
    {
        Task<CommandResult> asked = machine.TalosctlAsync("update", "status");
        await Task.WhenAny(asked, Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken));
        return asked is { IsCompletedSuccessfully: true, Result.ExitCode: 0 } ? Line(asked.Result.Output, "STATE") : "away";
    }

    /// <summary>Waits until no trial is under way.</summary>
    private static async Task<Node> SettledAsync(Machine machine)
    {
        Node? node = null;
        await Until.HoldsAsync("settled after the power cut", Limit, async () =>
        {
            CommandResult result = await machine.TalosctlAsync("update", "status");
            if (result.ExitCode != 0 || Regex.Match(result.Output, @"RUNNING +slot ([AB]), (v\S+)") is not { Success: true } running)
            {
                return result.Error + result.Output;
            }

            string state = Line(result.Output, "STATE");
            node = new Node(running.Groups[1].Value, running.Groups[2].Value, state);
            return Regex.IsMatch(state, "^(committed|failed|idle|cancelled)") ? null : result.Output;
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
        public override string ToString() => $"{Slot} {Version} {State}";
    }
}
