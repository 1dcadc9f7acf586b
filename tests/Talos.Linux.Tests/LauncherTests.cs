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

    [Theory]
    [InlineData(DeniedCalls.Daemon, 51u)]
    [InlineData(DeniedCalls.Daemon, null)]
    [InlineData(DeniedCalls.DeviceDaemon, null)]
    [Trait("Category", "Integration")]
    [Trait("Category", "Security")]
    public async Task A_confined_service_has_no_capability_no_way_to_get_one_and_a_filter(DeniedCalls denied, uint? user)
    {
        ChildOptions service = new() { Path = "/bin/sh", Arguments = ["-c", "grep -E '^(Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp:)' /proc/self/status; ulimit -c"] };
        LaunchOptions options = new() { DroppedCapabilities = Enum.GetValues<Capability>(), NoNewPrivileges = true, NoCore = true, DeniedCalls = denied, User = user };

        string[] lines = (await Run(service, options)).Output.Split('\n');

        string id = $"{user ?? 0}\t{user ?? 0}\t{user ?? 0}\t{user ?? 0}";
        Assert.Contains($"Uid:\t{id}", lines);
        Assert.Contains($"Gid:\t{id}", lines);
        Assert.All(lines.Where(l => l.StartsWith("Cap", StringComparison.Ordinal)), l => Assert.EndsWith("0000000000000000", l, StringComparison.Ordinal));
        Assert.Equal(5, lines.Count(l => l.StartsWith("Cap", StringComparison.Ordinal)));
        Assert.Contains("NoNewPrivs:\t1", lines);
        Assert.Contains("Seccomp:\t2", lines);
        Assert.Contains("0", lines);
    }

    [Theory]
    [InlineData("unshare --mount true", DeniedCalls.Daemon, false)]
    [InlineData("unshare --mount true", DeniedCalls.DeviceDaemon, false)]
    [InlineData("mount -t tmpfs none /mnt", DeniedCalls.Daemon, false)]
    [InlineData("chroot / true", DeniedCalls.DeviceDaemon, false)]
    [InlineData("mknod $T/null c 1 3", DeniedCalls.Daemon, false)]
    [InlineData("mknod $T/null c 1 3", DeniedCalls.DeviceDaemon, false)]
    [InlineData("mknod $T/null c 1 3", DeniedCalls.None, true)]
    [Trait("Category", "Integration")]
    [Trait("Category", "Security")]
    public async Task Denied_calls_fail_even_with_every_capability(string command, DeniedCalls denied, bool works)
    {
        ChildOptions service = new() { Path = "/bin/sh", Arguments = ["-c", $"T=$(mktemp -d); trap 'rm -rf $T' EXIT; {command}"] };

        CommandResult result = await Run(service, new LaunchOptions { DeniedCalls = denied });

        Assert.True(result.Status.IsSuccess == works, result.Output);
        Assert.True(works || result.Output.Contains("ermi", StringComparison.Ordinal) || result.Output.Contains("not permitted", StringComparison.Ordinal), result.Output);
    }

    [Theory]
    [InlineData(System.Runtime.InteropServices.Architecture.X64)]
    [InlineData(System.Runtime.InteropServices.Architecture.Arm64)]
    public void Each_jump_of_a_filter_ends_at_its_verdict(System.Runtime.InteropServices.Architecture architecture)
    {
        foreach (DeniedCalls list in Enum.GetValues<DeniedCalls>())
        {
            SystemCallFilter.Instruction[] program = SystemCallFilter.Build(list, architecture);
            IReadOnlyList<uint> denied = DeniedCallTable.NumbersOf(list, architecture);
            uint own = architecture is System.Runtime.InteropServices.Architecture.Arm64 ? SystemCallFilter.AuditArm64 : SystemCallFilter.AuditX64;

            for (uint number = 0; number < 1024; number++)
            {
                Assert.Equal(denied.Contains(number) ? SystemCallFilter.Errno | 1 : SystemCallFilter.Allow, Verdict(program, own, number));
            }

            Assert.Equal(SystemCallFilter.Errno | 1, Verdict(program, own, 0x4000_0000));
            Assert.Equal(SystemCallFilter.KillProcess, Verdict(program, 0x4000_0003, 165));
        }
    }

    private static uint Verdict(SystemCallFilter.Instruction[] program, uint architecture, uint number)
    {
        uint loaded = 0;
        for (int at = 0; ; at++)
        {
            (ushort code, byte jumpTrue, byte jumpFalse, uint operand) = program[at];
            switch (code)
            {
                case SystemCallFilter.LoadWord:
                    loaded = operand == SystemCallFilter.ArchitectureOffset ? architecture : number;
                    break;
                case SystemCallFilter.JumpEqual:
                    at += loaded == operand ? jumpTrue : jumpFalse;
                    break;
                case SystemCallFilter.JumpAtLeast:
                    at += loaded >= operand ? jumpTrue : jumpFalse;
                    break;
                default:
                    return operand;
            }
        }
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
