using Microsoft.Extensions.Logging.Abstractions;
using Talos.Machined.Updates;
using Talos.Ota.Engine;
using Talos.Ota.Slots;
using Talos.Testing;
using SlotStatus = Talos.Resources.Ota.SlotStatus;
using UpdateStatus = Talos.Resources.Ota.UpdateStatus;

namespace Talos.Machined.Tests.Updates;

public sealed class UpdateStatusControllerTests
{
    private readonly FakeEngine _engine = new();
    private readonly UpdateBoot _boot;
    private readonly ControllerFixture _node;

    public UpdateStatusControllerTests()
    {
        _boot = new UpdateBoot(_engine, () => SlotId.A, "v1.0.0", new ManualTime(), NullLogger<UpdateBoot>.Instance);
        _node = new ControllerFixture(new UpdateStatusController(_engine, _boot));
    }

    [Fact]
    public async Task Nothing_is_told_before_the_engine_knows_the_slot()
    {
        await _node.SettleAsync();

        Assert.Null(_node.Find<UpdateStatus>(UpdateStatus.Id));
        Assert.Empty(_engine.Calls);
    }

    [Fact]
    public async Task Slots_and_update_are_told_and_slots_are_not_read_again_for_progress()
    {
        await _boot.CheckAsync(TestContext.Current.CancellationToken);
        await _node.SettleAsync();
        Assert.Equal(new SlotStatus { Condition = "good", Version = "v1.0.0", Running = true, Next = true }, _node.Find<SlotStatus>("A")?.Spec);
        Assert.Equal(new SlotStatus { Condition = "empty" }, _node.Find<SlotStatus>("B")?.Spec);

        _engine.Become(UpdateState.Writing);
        await _node.SettleAsync();
        _engine.Status = _engine.Status with { Progress = new UpdateProgress(UpdateState.Writing, "root", 25, 100, 20, 20) };
        await _node.SettleAsync();

        Assert.Equal(new UpdateStatus { State = "writing", Percent = 25 }, _node.Find<UpdateStatus>(UpdateStatus.Id)?.Spec);
        Assert.Equal(2, _engine.Calls.Count(c => c == "slots"));
    }

    [Fact]
    public async Task The_reason_of_a_fallback_is_told()
    {
        DateTimeOffset at = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        _engine.Report = new BootReport(SlotId.A, BootKind.FellBack);
        _engine.Status = new Talos.Ota.Engine.UpdateStatus
        {
            State = UpdateState.Failed,
            LastFallback = new FallbackReport(SlotId.B, "v2.0.0", null, "its first process never ran", 3, at),
            FailedVersions = [new FailedVersion("v2.0.0", "b1", "its first process never ran", at)],
        };
        await _boot.CheckAsync(TestContext.Current.CancellationToken);

        await _node.SettleAsync();

        UpdateStatus? told = _node.Find<UpdateStatus>(UpdateStatus.Id)?.Spec;
        Assert.Equal(new Talos.Resources.Ota.Fallback("B", "v2.0.0", "", "its first process never ran", 3, at), told?.LastFallback);
        Assert.Equal("v2.0.0", Assert.Single(told!.FailedVersions).Version);
    }

    [Fact]
    public async Task Without_a_good_slot_the_node_is_in_recovery_and_says_why()
    {
        _engine.Report = new BootReport(SlotId.B, BootKind.Recovery);
        await _boot.CheckAsync(TestContext.Current.CancellationToken);

        Assert.Equal("no slot is good: the reason is not known; install an update, or mark the running slot good", _boot.Recovery);
    }

    [Fact]
    public async Task A_node_whose_slots_cannot_be_read_goes_on_without_updates()
    {
        _engine.Problem = new IOException("EFI: Input/output error (EIO)");

        await _boot.CheckAsync(TestContext.Current.CancellationToken);

        Assert.Null(_boot.Report);
        Assert.Equal("EFI: Input/output error (EIO)", _boot.Problem);
    }
}
