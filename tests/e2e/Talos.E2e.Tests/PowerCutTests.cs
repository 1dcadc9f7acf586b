using System.Text.RegularExpressions;

namespace Talos.E2e.Tests;

/// <summary>The plug is pulled at random moments of boot and of a config change; the node comes back with a config, old or new.</summary>
[Trait("Category", "Endurance")]
public sealed class PowerCutTests(ITestOutputHelper output)
{
    private static readonly int Cuts = int.Parse(Environment.GetEnvironmentVariable("TALOS_E2E_CUTS") ?? "20", System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public async Task No_power_cut_loses_the_config()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        output.WriteLine($"seed {seed}");
        using Machine machine = new("powercut");
        await machine.InstallAsync();
        string written = "name-0";
        (await ApplyAsync(machine, written)).Expect();
        Dictionary<string, int> survived = new() { ["old"] = 0, ["new"] = 0 };

        for (int cut = 1; cut <= Cuts; cut++)
        {
            // Every other cut hits the boot itself, before anything could be applied.
            machine.CutPower();
            machine.PowerOn();
            if (cut % 2 == 1)
            {
                await Task.Delay(TimeSpan.FromSeconds(random.NextDouble() * 14), TestContext.Current.CancellationToken);
                continue;
            }

            await AnswersAsync(machine);
            string next = $"name-{cut}";
            Task<CommandResult> apply = ApplyAsync(machine, next);
            await Task.Delay(TimeSpan.FromSeconds(random.NextDouble() * 3), TestContext.Current.CancellationToken);
            machine.CutPower();
            await apply;
            machine.PowerOn();
            await AnswersAsync(machine);
            string now = await ConfiguredNameAsync(machine);
            Assert.True(now == written || now == next, $"cut {cut} (seed {seed}): the config names \"{now}\", neither \"{written}\" nor \"{next}\"");
            survived[now == next ? "new" : "old"]++;
            written = now;
        }

        machine.CutPower();
        machine.PowerOn();
        await machine.UntilReadyAsync();
        Assert.Equal(written, await ConfiguredNameAsync(machine));
        output.WriteLine($"{Cuts} cuts: {survived["old"]} times the old config, {survived["new"]} times the new one, never none");
    }

    private static Task<CommandResult> ApplyAsync(Machine machine, string name) =>
        machine.TalosctlAsync("patch", "machineconfig", "--mode", "no-reboot", "--patch", $"machine: {{nodeLabels: {{written: {name}}}}}");

    private static Task AnswersAsync(Machine machine) => Until.HoldsAsync("answering with its config", TimeSpan.FromMinutes(4), async () =>
        await machine.TalosctlAsync("version") is { ExitCode: not 0 } failed ? failed.Error : null);

    private static async Task<string> ConfiguredNameAsync(Machine machine)
    {
        string config = "";
        await Until.HoldsAsync("a config readable", TimeSpan.FromMinutes(2), async () =>
        {
            CommandResult read = await machine.TalosctlAsync("get", "machineconfig", "v1alpha1", "-o", "yaml");
            config = read.Output;
            return read.ExitCode == 0 && config.Contains("written:", StringComparison.Ordinal) ? null : read.Error + config;
        });
        return Regex.Match(config, "written: *\"?(name-[0-9]+)").Groups[1].Value;
    }
}
