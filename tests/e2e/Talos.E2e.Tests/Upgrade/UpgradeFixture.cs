namespace Talos.E2e.Tests.Upgrade;

/// <summary>A configured node of v0.1.0 that was switched off in order: every test goes on from a copy of its disk.</summary>
public sealed class UpgradeFixture : IAsyncLifetime
{
    /// <summary>A base kept from a run before; saves a boot when single tests are repeated.</summary>
    private readonly string? _kept = Environment.GetEnvironmentVariable("TALOS_E2E_UPGRADE_BASE");

    private string _base = "";

    internal HttpClient Http { get; } = new() { Timeout = TimeSpan.FromSeconds(5) };

    /// <summary>Where <c>scripts/test upgrade</c> puts images and bundles.</summary>
    private static string Folder { get; } =
        Environment.GetEnvironmentVariable("TALOS_E2E_UPGRADES") ?? Path.Combine(Workspace.Root, "out", "upgrade");

    public async ValueTask InitializeAsync()
    {
        if (_kept is not null)
        {
            _base = _kept;
            return;
        }

        using Machine machine = new("upgrade-base", image: Image("base"));
        await machine.InstallAsync(Testdata.OnePod);
        await UntilPageAsync(machine);
        (await machine.TalosctlAsync("shutdown", "--wait=false")).Expect();
        Assert.True(await machine.WaitForPowerOffAsync(TimeSpan.FromMinutes(3)), "the node did not switch itself off");
        _base = machine.Folder;
    }

    public ValueTask DisposeAsync()
    {
        Http.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The bundle of a version by its name in <c>tests/e2e/faults</c>.</summary>
    internal static string Bundle(string name) => Path.Combine(Folder, name, "talos-qemu-virt-arm64.bundle");

    /// <summary>The image of a version.</summary>
    internal static string Image(string name) => Path.Combine(Folder, name, "talos-qemu-virt-arm64.raw");

    /// <summary>A copy of the node that is ready.</summary>
    /// <param name="name">Its folder.</param>
    /// <param name="deadline">How long a trial may take.</param>
    internal async Task<Machine> StartAsync(string name, string deadline = "20m")
    {
        Machine machine = new(name, image: Path.Combine(_base, "disk.raw"));
        foreach (string file in (string[])["talosconfig", "controlplane.yaml", "vars.fd"])
        {
            File.Copy(Path.Combine(_base, file), Path.Combine(machine.Folder, file));
        }

        machine.PowerOn();
        await machine.UntilReadyAsync();
        string update = $"{{apiVersion: v1alpha1, kind: UpdateConfig, healthDeadline: {deadline}, probes: [{{name: kubelet, url: \"http://127.0.0.1:10248/healthz\"}}]}}";
        (await machine.TalosctlAsync("patch", "machineconfig", "--mode", "no-reboot", "--patch", update)).Expect();
        return machine;
    }

    internal Task UntilPageAsync(Machine machine) => Until.HoldsAsync("the pod answering", TimeSpan.FromMinutes(6), async () =>
        (await Http.GetStringAsync(machine.Web(8080))).Contains("It works", StringComparison.Ordinal) ? null : "another page");

    /// <summary>Waits until <c>talosctl update status</c> holds all these texts.</summary>
    internal static async Task<string> UntilStatusAsync(Machine machine, TimeSpan limit, params string[] wanted)
    {
        string status = "";
        await Until.HoldsAsync($"status with {string.Join(" and ", wanted)}", limit, async () =>
        {
            CommandResult result = await machine.TalosctlAsync("update", "status");
            status = result.Output;
            return result.ExitCode == 0 && wanted.All(w => status.Contains(w, StringComparison.Ordinal)) ? null : result.Error + status;
        });
        return status;
    }
}

[CollectionDefinition("upgrade")]
public sealed class UpgradeCollection : ICollectionFixture<UpgradeFixture>;
