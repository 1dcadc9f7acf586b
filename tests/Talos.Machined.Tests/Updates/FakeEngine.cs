using Talos.Ota.Bundle;
using Talos.Ota.Engine;
using Talos.Ota.Slots;

namespace Talos.Machined.Tests.Updates;

/// <summary>An engine that notes what it is asked to do.</summary>
internal sealed class FakeEngine : IUpdateEngine
{
    public event Action? Changed;

    public UpdateStatus Status { get; set; } = new() { State = UpdateState.Idle };

    public BootReport Report { get; set; } = new(SlotId.A, BootKind.Normal);

    public IReadOnlyList<SlotStatus> Slots { get; set; } =
    [
        new(new Slot(SlotId.A, SlotCondition.Good, 1), "v1.0.0", Running: true, Next: true),
        new(Slot.Empty(SlotId.B), null, Running: false, Next: false),
    ];

    /// <summary>What was asked, in order.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>Called the moment a trial was armed.</summary>
    public Action? Armed { get; set; }

    /// <summary>What a call throws; null for nothing.</summary>
    public Exception? Problem { get; set; }

    public Task<BootReport> OnBootAsync(SlotId booted, string version, CancellationToken ct)
    {
        Note($"boot {booted} {version}");
        return Task.FromResult(Report);
    }

    public Task<IReadOnlyList<SlotStatus>> ReadSlotsAsync(CancellationToken ct)
    {
        Note("slots");
        return Task.FromResult(Slots);
    }

    public async Task<InstallResult> InstallAsync(IBundleSource source, InstallOptions options, IProgress<UpdateProgress>? progress, CancellationToken ct)
    {
        await Note($"install{(options.Force ? " force" : "")}");
        Become(UpdateState.Checking);
        byte[] buffer = new byte[64];
        long length = 0;
        while (await source.ReadAtAsync(length, buffer, ct) is > 0 and int read)
        {
            length += read;
        }

        progress?.Report(new UpdateProgress(UpdateState.Writing, "root", length, length, length, length));
        Status = Status with { Version = "v2.0.0" };
        options.BeforeArming?.Invoke();
        Become(UpdateState.TrialPending);
        Armed?.Invoke();
        return new InstallResult("v2.0.0", "bundle-1", length, length);
    }

    public Task ReachedAsync(string stage, CancellationToken ct) => Note($"reached {stage}");

    public Task BlessAsync(CancellationToken ct)
    {
        Note("bless");
        Become(UpdateState.Committed);
        return Task.CompletedTask;
    }

    public Task MarkBadAsync(SlotId slot, string reason, CancellationToken ct) => Note($"bad {slot}: {reason}");

    public Task RollBackAsync(string reason, CancellationToken ct) => Note($"roll back: {reason}");

    public Task<bool> CancelAsync(CancellationToken ct)
    {
        Note("cancel");
        return Task.FromResult(true);
    }

    public Task<string?> PrepareRebootAsync(CancellationToken ct) => Task.FromResult<string?>(null);

    /// <summary>Enters a state and tells so.</summary>
    public void Become(UpdateState state)
    {
        Status = Status with { State = state };
        Changed?.Invoke();
    }

    private Task Note(string call)
    {
        Calls.Add(call);
        return Problem is null ? Task.CompletedTask : throw Problem;
    }
}
