namespace Talos.Linux.Tests;

/// <summary>The test program plays the node executable: its entry point answers to <c>--launch</c> too.</summary>
public sealed class LauncherTests
{
    private static readonly string Self = Path.Combine(AppContext.BaseDirectory, "Talos.Linux.Tests");

    [Fact]
    [Trait("Category", "Integration")]
    public async Task A_launched_service_has_its_limits_before_it_starts()
    {
        ChildOptions service = new() { Path = "/bin/sh", Arguments = ["-c", "grep -E 'CapBnd|NoNewPrivs|SigIgn' /proc/$$/status; ulimit -n; cat /proc/$$/oom_score_adj; exit 9"] };
        LaunchOptions options = new() { DroppedCapabilities = [Capability.SysBoot, Capability.SysModule], NoNewPrivileges = true, MaxOpenFiles = 512, OomScoreAdjustment = 77 };

        CommandResult result = await Run(service, options);

        string[] lines = result.Output.Split('\n');
        ulong bounding = Convert.ToUInt64(lines.Single(l => l.StartsWith("CapBnd", StringComparison.Ordinal))[8..], 16);
        Assert.Equal(9, result.Status.Code);
        Assert.Equal(0UL, bounding & ((1UL << 22) | (1UL << 16)));
        Assert.NotEqual(0UL, bounding & (1UL << 21));
        Assert.Contains("NoNewPrivs:\t1", lines);
        Assert.Equal(0UL, Convert.ToUInt64(lines.Single(l => l.StartsWith("SigIgn", StringComparison.Ordinal))[8..], 16) & 0x7FFF_FFFF);
        Assert.Contains("512", lines);
        Assert.Contains("77", lines);
    }

    [Fact]
    [Trait("Category", "Integration")]
    public async Task A_service_can_run_as_another_user()
    {
        CommandResult result = await Run(new ChildOptions { Path = "/usr/bin/id" }, new LaunchOptions { User = 50 });

        Assert.Contains("uid=50", result.Output, StringComparison.Ordinal);
        Assert.Contains("gid=50", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_service_and_a_missing_cgroup_are_told_apart()
    {
        CommandResult missing = await Run(new ChildOptions { Path = "/no/such/service" }, new LaunchOptions());
        CommandResult noGroup = await Run(new ChildOptions { Path = "/bin/true" }, new LaunchOptions { Cgroup = "no/such/group" });

        Assert.Equal((ServiceLauncher.ExecFailed, "execve /no/such/service: No such file or directory (ENOENT)\n"), (missing.Status.Code, missing.Output));
        Assert.Equal(ServiceLauncher.SettingFailed, noGroup.Status.Code);
        Assert.StartsWith("launch /bin/true: open /sys/fs/cgroup/no/such/group/cgroup.procs", noGroup.Output, StringComparison.Ordinal);
    }

    private static Task<CommandResult> Run(ChildOptions service, LaunchOptions options)
    {
        ChildOptions wrapped = ServiceLauncher.Wrap(service, options, Self);
        return Command.RunAsync(TestReaper.Instance, wrapped.Path, wrapped.Arguments, TestContext.Current.CancellationToken);
    }
}
