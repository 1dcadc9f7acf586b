using Talos.Api.Machine;
using Talos.Linux;
using Talos.Machined.Lifecycle;
using Talos.Machined.Sequences;

namespace Talos.Machined.Tests;

public sealed class SequenceTests
{
    private static readonly NodeTasks NoTasks = FakeTasks.Create((_, _) => Task.CompletedTask);

    [Fact]
    public void A_node_comes_up_in_this_order()
    {
        Assert.Equal("systemRequirements earlyServices meta update config", Phases(InitializeSequence.Plan([], NoTasks)));
        Assert.Equal("systemRequirements earlyServices meta update wipeDisks config", Phases(InitializeSequence.Plan(["STATE"], NoTasks)));
        Assert.Equal("memorySizeCheck ephemeral startEverything", Phases(BootSequence.Plan(NoTasks)));
    }

    [Fact]
    public void A_graceful_reboot_stops_pods_first_and_a_forced_one_does_not()
    {
        const string rest = "denyNewServices stopServices umount unmountSystem volumeFinalize stopEverything reboot";

        Assert.Equal("cleanup " + rest, Phases(RebootSequence.Plan(new RebootOptions(RebootMode.Graceful), NoTasks)));
        Assert.Equal("cleanup " + rest, Phases(RebootSequence.Plan(new RebootOptions(RebootMode.PowerCycle), NoTasks)));
        Assert.Equal(rest, Phases(RebootSequence.Plan(new RebootOptions(RebootMode.Force), NoTasks)));
    }

    [Fact]
    public void An_upgrade_installs_first_and_goes_down_only_when_that_went_well()
    {
        SequenceTask install = new("upgrade", _ => Task.CompletedTask);

        Sequence plan = UpgradeSequence.Plan(install, reboot: true, NoTasks);
        Assert.Equal("upgrade cleanup denyNewServices stopServices umount unmountSystem volumeFinalize stopEverything reboot", Phases(plan));
        Assert.False(plan.Phases[0].GoesOnAfterFailure);
        Assert.Equal("upgrade", Phases(UpgradeSequence.Plan(install, reboot: false, NoTasks)));
    }

    [Fact]
    public void A_shutdown_ends_with_the_machine_off() =>
        Assert.Equal("shutdown", ShutdownSequence.Plan(new ShutdownOptions(false), NoTasks).Phases[^1].Name);

    [Fact]
    public void A_reset_wipes_after_everything_is_unmounted()
    {
        Sequence plan = ResetSequence.Plan(new ResetOptions(true, true, ["STATE"]), NoTasks);

        Assert.Equal(["stopEverything", "resetSpec", "reboot"], plan.Phases.TakeLast(3).Select(p => p.Name));
    }

    [Fact]
    public void The_task_that_clients_wait_for_is_in_every_way_down()
    {
        Sequence[] ways =
        [
            RebootSequence.Plan(new RebootOptions(RebootMode.Force), NoTasks),
            ShutdownSequence.Plan(new ShutdownOptions(true), NoTasks),
            ResetSequence.Plan(new ResetOptions(false, false, []), NoTasks),
        ];

        Assert.All(ways, w => Assert.Contains("stopAllServices", w.Phases.SelectMany(p => p.Tasks).Select(t => t.Name)));
        Assert.All(ways, w => Assert.All(w.Phases, p => Assert.True(p.GoesOnAfterFailure)));
    }

    [Fact]
    public void A_reset_without_partitions_wipes_what_makes_the_node_this_node() =>
        Assert.Equal(["EPHEMERAL", "STATE"], ResetOptions.Parse(new ResetRequest { Reboot = true }).Partitions);

    [Fact]
    public void A_reset_wipes_the_named_partitions_alone()
    {
        ResetRequest request = new() { Graceful = true };
        request.SystemPartitionsToWipe.Add(new ResetPartitionSpec { Label = "EPHEMERAL", Wipe = true });

        ResetOptions options = ResetOptions.Parse(request);

        Assert.Equal(["EPHEMERAL"], options.Partitions);
        Assert.True(options.Graceful);
        Assert.False(options.Reboot);
    }

    [Theory]
    [InlineData("META", true, "system_partitions_to_wipe: \"META\" is none of EPHEMERAL, STATE")]
    [InlineData("STATE", false, "system_partitions_to_wipe: no partition is marked to be wiped")]
    public void A_reset_of_other_partitions_is_refused(string label, bool wipe, string message)
    {
        ResetRequest request = new();
        request.SystemPartitionsToWipe.Add(new ResetPartitionSpec { Label = label, Wipe = wipe });

        Assert.Equal(message, Assert.ThrowsAny<Exception>(() => ResetOptions.Parse(request)).Message);
    }

    [Fact]
    public void User_disks_cannot_be_wiped()
    {
        ResetRequest disks = new();
        disks.UserDisksToWipe.Add("/dev/sda");

        Assert.ThrowsAny<Exception>(() => ResetOptions.Parse(disks));
        Assert.ThrowsAny<Exception>(() => ResetOptions.Parse(new ResetRequest { Mode = ResetRequest.Types.WipeMode.UserDisks }));
    }

    [Fact]
    public void An_unknown_reboot_mode_is_refused() =>
        Assert.Equal("mode: 9 is not a reboot mode", Assert.ThrowsAny<Exception>(() => RebootOptions.Parse(new RebootRequest { Mode = (RebootRequest.Types.Mode)9 })).Message);

    private static string Phases(Sequence sequence) => string.Join(' ', sequence.Phases.Select(p => p.Name));
}

public sealed class BootWipeTests
{
    [Theory]
    [InlineData("quiet", "")]
    [InlineData("talos.experimental.wipe=system", "EPHEMERAL,STATE")]
    [InlineData("talos.experimental.wipe=system:STATE", "STATE")]
    [InlineData("talos.experimental.wipe=system:STATE,ROOT-A", "")]
    [InlineData("talos.experimental.wipe=yes", "")]
    public void The_command_line_may_ask_for_a_wipe(string commandLine, string labels) =>
        Assert.Equal(labels, string.Join(',', BootWipe.Labels(KernelCommandLine.Parse(commandLine))));
}
