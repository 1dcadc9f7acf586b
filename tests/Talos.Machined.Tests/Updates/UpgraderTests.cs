using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Talos.Api.Ota;
using Talos.Config;
using Talos.Machined.Api;
using Talos.Machined.Updates;
using Talos.Ota.Bundle;
using Talos.Ota.Engine;
using Talos.Ota.Engine.Sources;
using Talos.Ota.Slots;
using Talos.Testing;
using UpdateState = Talos.Ota.Engine.UpdateState;

namespace Talos.Machined.Tests.Updates;

public sealed class UpgraderTests
{
    private readonly FakeEngine _engine = new() { Status = new UpdateStatus { State = UpdateState.Idle, Running = SlotId.A } };
    private readonly MemoryStore _store = new();
    private readonly TrialWipe _wipe;
    private readonly UpdateBoot _boot;
    private readonly Upgrader _upgrader;
    private int _restarts;
    private int _settled;

    public UpgraderTests()
    {
        _wipe = new TrialWipe(_store);
        _boot = new UpdateBoot(_engine, () => SlotId.A, "v1.0.0", new ManualTime(), NullLogger<UpdateBoot>.Instance);
        _upgrader = new Upgrader(_engine, _boot, _wipe, new TrialTolerance(_store, () => []), () => _settled++, () => new UpdateConfiguration(), () => $"actor-{++_restarts}");
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_installed_before_the_slot_is_known()
    {
        UpdateException refusal = await Assert.ThrowsAsync<UpdateException>(() => InstallAsync(new UpgradeOptions()));

        Assert.Equal("no updates: the node is still starting", refusal.Message);
        Assert.Empty(_engine.Calls);
    }

    [Fact]
    public async Task An_update_that_keeps_var_forgets_an_earlier_order_to_wipe_it()
    {
        await _boot.CheckAsync(Ct);
        _wipe.Ask(SlotId.A);

        UpgradeResult result = await InstallAsync(new UpgradeOptions { Force = true });

        Assert.Null(result.ActorId);
        Assert.Equal("install force", _engine.Calls[^1]);
        Assert.False(_wipe.IsDue(new BootReport(SlotId.B, BootKind.Trial)));
    }

    [Fact]
    public async Task An_update_that_is_asked_to_wipes_var_when_the_new_slot_starts_and_restarts_when_asked()
    {
        await _boot.CheckAsync(Ct);

        UpgradeResult result = await InstallAsync(new UpgradeOptions { Wipe = true, Reboot = true });

        Assert.Equal("actor-1", result.ActorId);
        Assert.True(_wipe.IsDue(new BootReport(SlotId.B, BootKind.Trial)));
        _wipe.Forget();
        Assert.False(_wipe.IsDue(new BootReport(SlotId.B, BootKind.Trial)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_power_cut_right_after_the_arming_finds_what_this_update_was_asked(bool wipe)
    {
        await _boot.CheckAsync(Ct);
        _wipe.Ask(wipe ? null : SlotId.A);
        bool? dueWhenArmed = null;
        _engine.Armed = () => dueWhenArmed = _wipe.IsDue(new BootReport(SlotId.B, BootKind.Trial));

        await InstallAsync(new UpgradeOptions { Wipe = wipe });

        Assert.Equal(wipe, dueWhenArmed);
    }

    [Theory]
    [InlineData(SlotId.A, BootKind.FellBack)]
    [InlineData(SlotId.A, BootKind.Normal)]
    [InlineData(SlotId.B, BootKind.Normal)]
    public void An_order_to_wipe_is_forgotten_in_any_other_boot(SlotId booted, BootKind kind)
    {
        _wipe.Ask(SlotId.A);

        Assert.False(_wipe.IsDue(new BootReport(booted, kind)));
        Assert.False(_wipe.IsDue(new BootReport(SlotId.B, BootKind.Trial)));
    }

    [Fact]
    public async Task A_roll_back_restarts_at_once()
    {
        await _boot.CheckAsync(Ct);

        Assert.Equal("actor-1", await _upgrader.RollBackAsync("by a test", Ct));
        Assert.Equal("roll back: by a test", _engine.Calls[^1]);
    }

    [Fact]
    public async Task A_reference_that_is_none_is_refused()
    {
        SourceException refusal = await Assert.ThrowsAsync<SourceException>(() => _upgrader.OpenAsync("registry/name:tag", Ct));

        Assert.Contains("registry/name:tag", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Progress_reaches_the_caller_until_the_end()
    {
        await _boot.CheckAsync(Ct);
        Answers answers = new();

        UpgradeResult result = await new InstallProgress(answers).FollowAsync(
            p => _upgrader.InstallAsync(Source(), new UpgradeOptions(), p, Ct), Ct);

        Assert.Equal("v2.0.0", result.Installed.Version);
        InstallResponse told = Assert.Single(answers.Told);
        Assert.Equal(Talos.Api.Ota.UpdateState.Writing, told.State);
        Assert.Equal(("root", 3L, 3L), (told.Part, told.DoneBytes, told.TotalBytes));
    }

    private static StreamBundleSource Source() => new(new MemoryStream([1, 2, 3]));

    private Task<UpgradeResult> InstallAsync(UpgradeOptions options) => _upgrader.InstallAsync(Source(), options, null, Ct);

    private sealed class Answers : IServerStreamWriter<InstallResponse>
    {
        public List<InstallResponse> Told { get; } = [];

        public WriteOptions? WriteOptions { get; set; }

        public Task WriteAsync(InstallResponse message)
        {
            Told.Add(message);
            return Task.CompletedTask;
        }

        public Task WriteAsync(InstallResponse message, CancellationToken cancellationToken) => WriteAsync(message);
    }
}
