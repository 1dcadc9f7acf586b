using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent.Tests;

public sealed class CommandRecordsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly NodeFacts Facts = new FakeNode().Facts;
    private static readonly NodeFacts Restarted = Facts with { BootId = "boot-2" };

    [Fact]
    public void A_command_goes_from_accepted_over_running_to_its_end_and_no_further()
    {
        OrderFile file = Accepted(CommandKind.Rollback).Move("c-1", CommandState.Running, null, Now, false).Move("c-1", CommandState.Failed, "no other slot", Now, false);

        Assert.Equal(CommandState.Failed, file.Move("c-1", CommandState.Running, null, Now, false).Commands[0].State);
        Assert.Equal("no other slot", file.Commands[0].ToResult().Message);
        Assert.Equal(5, file.CommandRevision);
    }

    [Theory]
    [InlineData(CommandKind.Reboot, CommandState.Succeeded)]
    [InlineData(CommandKind.Rollback, CommandState.Succeeded)]
    [InlineData(CommandKind.ApplyConfigPatch, CommandState.Failed)]
    public void After_a_restart_of_the_node_what_was_under_way_has_an_end(CommandKind kind, CommandState end) =>
        Assert.Equal(end, Accepted(kind).AfterStart(Restarted, Now).Commands[0].State);

    [Fact]
    public void After_a_restart_of_the_agent_alone_nothing_is_done_twice() =>
        Assert.Equal(CommandState.Failed, Accepted(CommandKind.Reboot).AfterStart(Facts, Now).Commands[0].State);

    [Fact]
    public void An_upgrade_ends_with_its_trial()
    {
        OrderFile running = Accepted(CommandKind.Upgrade, "v1.1.0").Move("c-1", CommandState.Running, null, Now, false);
        NodeFacts trial = Restarted with { Update = new UpdateFacts { Phase = UpdatePhase.Trial, RunningVersion = "v1.1.0" } };
        NodeFacts good = Restarted with { Update = new UpdateFacts { Phase = UpdatePhase.Committed, RunningVersion = "v1.1.0" } };
        NodeFacts back = Restarted with { Update = new UpdateFacts { Phase = UpdatePhase.Idle, RunningVersion = "v1.0.0", Failed = new Dictionary<string, string> { ["v1.1.0"] = "no kubelet" } } };

        Assert.Equal(CommandState.Running, running.AfterStart(trial, Now).AfterUpgrade(trial, Now).Commands[0].State);
        Assert.Equal(CommandState.Succeeded, running.AfterUpgrade(good, Now).Commands[0].State);
        Assert.Contains("no kubelet", running.AfterUpgrade(back, Now).Commands[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_result_is_delivered_once_and_again_when_the_hub_asks_again()
    {
        OrderFile file = Accepted(CommandKind.Reboot).Deliver("c-1", CommandState.Accepted);

        Assert.True(file.Commands[0].Delivered);
        Assert.False(file.Redeliver("c-1").Commands[0].Delivered);
        Assert.False(file.Move("c-1", CommandState.Running, null, Now, false).Commands[0].Delivered);
    }

    [Fact]
    public void Only_the_youngest_results_are_kept()
    {
        OrderFile file = new();
        for (int i = 0; i < 50; i++)
        {
            file = file.Refuse($"c-{i}", CommandState.Refused, "old", Facts, Now);
        }

        Assert.Equal(CommandRecords.Kept, file.Commands.Count);
        Assert.Equal("c-49", file.Commands[^1].Id);
    }

    private static OrderFile Accepted(CommandKind kind, string? version = null)
    {
        Command command = new()
        {
            Node = "n",
            Id = "c-1",
            Revision = 5,
            Issued = Now,
            NotAfter = Now.AddDays(1),
            Kind = kind,
            Update = version is null ? null : new UpdateTarget { Version = version, Url = "https://h/b", BundleId = new string('a', 64) },
        };
        return new OrderFile().Accept(command, Facts, Now);
    }
}
