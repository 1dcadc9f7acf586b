using CsCheck;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;
using Talos.Api.Machine;
using Talos.Fleet.Protocol;
using Talos.Testing;

namespace Talos.Fleet.Agent.Tests;

public sealed class SmallRulesTests
{
    [Fact]
    public void Pauses_double_up_to_ten_minutes_and_are_spread_over_their_second_half() =>
        Gen.Select(Gen.Int[0, 100], Gen.Double[0, 1]).Sample((failures, chance) =>
        {
            TimeSpan delay = Backoff.Delay(failures, chance);
            TimeSpan most = TimeSpan.FromSeconds(Math.Min(600, 2 * Math.Pow(2, Math.Max(failures, 1) - 1)));
            Assert.InRange(delay, most / 2, most);
        });

    [Fact]
    public void A_service_that_fails_in_a_loop_is_told_so_often_and_then_counted()
    {
        JumpingTimeProvider time = new() { Restless = true };
        EventBudget budget = new(10, time);

        Assert.Equal(10, Enumerable.Range(0, 100).Count(_ => budget.Take()));
        time.Advance(TimeSpan.FromMinutes(6));
        Assert.True(budget.Take());
        Assert.Equal(90, budget.Reset());
    }

    [Fact]
    public void The_queue_drops_the_oldest_telemetry_first_and_events_only_then()
    {
        ModelDisk eventsDisk = new(), telemetryDisk = new();
        DurableQueue events = DurableQueue.Open(eventsDisk, 512, Guid.NewGuid), telemetry = DurableQueue.Open(telemetryDisk, 512, Guid.NewGuid);
        OutgoingQueue queue = new(events, telemetry, 8192, NullLogger.Instance);
        for (int i = 0; i < 60; i++)
        {
            queue.AddTelemetry(new byte[100]);
            queue.AddEvent(new byte[50]);
        }

        Assert.True(queue.Report(0).DroppedTelemetry > 0);
        Assert.Equal(0, queue.Report(0).DroppedEvents);
        for (int i = 0; i < 200; i++)
        {
            queue.AddEvent(new byte[50]);
        }

        Assert.Equal(0, queue.Report(0).Telemetry);
        Assert.True(queue.Report(0).DroppedEvents > 0);
        Assert.True(eventsDisk.Bytes + telemetryDisk.Bytes <= 8192);
        Assert.Equal(queue.Report(0).DroppedEvents + 1, queue.PeekEvents(1, 1)[0].Seq);
    }

    [Fact]
    public void Events_of_the_node_are_told_when_they_matter_and_stages_when_they_change()
    {
        EventMapping mapping = new(null);
        MachineStatusEvent running = new() { Stage = MachineStatusEvent.Types.MachineStage.Running, Status = new MachineStatusEvent.Types.MachineStatus { Ready = true } };
        MachineStatusEvent unready = running.Clone();
        unready.Status.Ready = false;
        unready.Status.UnmetConditions.Add(new MachineStatusEvent.Types.MachineStatus.Types.UnmetCondition { Name = "services", Reason = "kubelet" });

        string?[] kinds =
        [
            .. new Google.Protobuf.IMessage[]
            {
                running, running, unready, running,
                new ServiceStateEvent { Service = "cri", Action = ServiceStateEvent.Types.Action.Starting },
                new ServiceStateEvent { Service = "cri", Action = ServiceStateEvent.Types.Action.Failed, Message = "exit code 1" },
                new SequenceEvent { Sequence = "reboot", Action = SequenceEvent.Types.Action.Start },
                new PhaseEvent { Phase = "x" },
            }.Select(m => mapping.Map(new Event { Id = "x", Data = Any.Pack(m, "talos/runtime") }, DateTimeOffset.UnixEpoch)?.Kind),
        ];

        Assert.Equal(["stage.changed", null, "node.not-ready", "node.ready", null, "service.failed", "sequence.started", null], kinds);
    }

    [Fact]
    public void The_mark_of_events_is_found_again_in_the_queue()
    {
        ModelDisk disk = new();
        NodeFacts facts = new FakeNode().Facts;
        EventRecorder Open() => new(
            new OutgoingQueue(DurableQueue.Open(disk, 4096, Guid.NewGuid), DurableQueue.Open(new ModelDisk(), 4096, Guid.NewGuid), 1 << 20, NullLogger.Instance), new ManualTime());
        EventRecorder first = Open();
        first.Begin(facts);
        first.Add(new NodeHappening("id-7", DateTimeOffset.UnixEpoch, "k", EventSeverity.Info, "m", "running", true));
        first.Add("fleet.enrolled", EventSeverity.Info, "as n");

        EventRecorder again = Open();
        again.Begin(facts);
        EventRecorder otherBoot = Open();
        otherBoot.Begin(facts with { BootId = "boot-2" });

        Assert.Equal(new EventMark("boot-1", "id-7", "running", true), again.Mark);
        Assert.Null(otherBoot.Mark);
    }

    [Fact]
    public void Values_are_found_in_the_text_of_resources()
    {
        const string Yaml = "stage: running\nstatus:\n    ready: false\n    unmetConditions:\n        - name: services\n          reason: \"kubelet: not healthy\"\n";

        Assert.Equal("running", YamlLines.Value(Yaml, "stage"));
        Assert.Equal("false", YamlLines.Value(Yaml, "ready"));
        Assert.Equal(["kubelet: not healthy"], YamlLines.Records(Yaml, "unmetConditions").Select(c => c["reason"]));
        Assert.Equal(["10.0.0.1/24", "fe80::1/64"], YamlLines.Items("addresses:\n    - 10.0.0.1/24\n    - fe80::1/64\n"));
    }

    [Fact]
    public void Times_of_events_come_out_of_their_ids() =>
        // The example of the xid format's own page.
        Assert.Equal(1300816219, EventMapping.Time("9m4e2mr0ui3e8a215n4g")?.ToUnixTimeSeconds());

    [Fact]
    public void Made_ids_are_node_ids_and_tell_no_machine_id()
    {
        string id = Enrollment.MakeId("0123456789abcdef0123456789abcdef\n");

        Assert.True(NodeId.IsValid(id));
        Assert.Equal(id, Enrollment.MakeId("0123456789abcdef0123456789abcdef"));
        Assert.DoesNotContain("0123456789", id, StringComparison.Ordinal);
    }
}
