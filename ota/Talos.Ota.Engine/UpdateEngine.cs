using Microsoft.Extensions.Logging;
using Talos.Boards;
using Talos.Ota.Bundle;
using Talos.Ota.Engine.Journal;
using Talos.Ota.Engine.Planning;
using Talos.Ota.Engine.Steps;
using Talos.Ota.Slots;

namespace Talos.Ota.Engine;

/// <inheritdoc cref="IUpdateEngine"/>
public sealed partial class UpdateEngine(UpdateNode node, TimeProvider time, ILogger<UpdateEngine> log) : IUpdateEngine, IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Lock _installing = new();
    private UpdateJournal _journal = new();
    private SlotTable _slots = SlotTable.Empty;
    private SlotId? _running;
    private UpdateProgress? _progress;
    private string _version = "";
    private CancellationTokenSource? _install;
    private Task _installed = Task.CompletedTask;

    /// <inheritdoc/>
    public event Action? Changed;

    /// <inheritdoc/>
    public UpdateStatus Status
    {
        get
        {
            UpdateJournal journal = _journal;
            UpdateProgress? progress = _progress;
            return new UpdateStatus
            {
                State = _install is not null && progress is not null ? progress.State : journal.State,
                Running = _running,
                Version = journal.Target?.Version,
                Progress = progress,
                Message = journal.Message,
                LastFallback = journal.LastFallback,
                FailedVersions = journal.Failed,
                Floor = journal.Floor,
            };
        }
    }

    /// <inheritdoc/>
    public Task<BootReport> OnBootAsync(SlotId booted, string version, CancellationToken ct) => ChangeAsync(
        () =>
        {
            ReadOnlyMemory<byte>? stored = node.Store.Find(UpdateTags.Journal);
            if (stored is { } data)
            {
                UpdateJournal? read = JournalFormat.TryRead(data.Span);
                _journal = read ?? new UpdateJournal();
                if (read is null)
                {
                    LogJournalUnreadable(data.Length);
                }
            }

            (_running, _version) = (booted, version);
            node.BootControl.Repair(booted);
            _slots = Known(node.BootControl.Read(), booted);
            (BootReport report, UpdateJournal journal) =
                BootRules.Decide(_journal, _slots, booted, version, node.BootControl.Kind is BootControlKind.RpiTryboot, time.GetUtcNow());
            Save(journal);
            if (journal.Trial is null)
            {
                TakeKeySet(keep: journal.State is UpdateState.Committed);
            }

            LogBooted(booted, report.Kind, version);
            return report;
        },
        ct);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SlotStatus>> ReadSlotsAsync(CancellationToken ct)
    {
        // An install has the boot files open; nobody else changes them meanwhile.
        SlotTable table = _install is not null ? _slots : await ChangeAsync(() => _slots = node.BootControl.Read(), ct).ConfigureAwait(false);
        UpdateJournal journal = _journal;
        return [.. new[] { table.A, table.B }.Select(s => new SlotStatus(
            s, s.Condition is SlotCondition.Empty ? null : journal.ContentOf(s.Id)?.Version, s.Id == _running, s.Id == table.Next?.Id))];
    }

    /// <inheritdoc/>
    public async Task<InstallResult> InstallAsync(IBundleSource source, InstallOptions options, IProgress<UpdateProgress>? progress, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(options);
        using CancellationTokenSource cancel = CancellationTokenSource.CreateLinkedTokenSource(ct);
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_installing)
        {
            if (_install is not null || !_gate.Wait(0, CancellationToken.None))
            {
                throw new UpdateException($"another change of the slots is under way ({Status.State}): wait for it or cancel it");
            }

            (_install, _installed) = (cancel, done.Task);
        }

        try
        {
            return await Task.Run(() => InstallHeldAsync(source, options, progress, cancel.Token), CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            // Under the lock: who cancels must not meet a source that is disposed.
            lock (_installing)
            {
                _install = null;
            }

            _gate.Release();
            done.SetResult();
            Changed?.Invoke();
        }
    }

    /// <inheritdoc/>
    public Task ReachedAsync(string stage, CancellationToken ct) => ChangeAsync(
        () =>
        {
            if (_journal.Trial is { Failure: null } trial && trial.Slot == _running && trial.Stage != stage)
            {
                Save(_journal with { Trial = trial with { Stage = stage } });
            }

            return true;
        },
        ct);

    /// <inheritdoc/>
    public Task BlessAsync(CancellationToken ct) => ChangeAsync(
        () =>
        {
            SlotId running = Running();
            SetSlots(SlotRules.Bless(node.BootControl.Read(), running));
            if (_journal.Trial?.Slot == running)
            {
                TakeKeySet(keep: true);
                Save(BootRules.Commit(_journal));
                LogCommitted(running, _journal.Target?.Version ?? _version);
            }

            return true;
        },
        ct);

    /// <inheritdoc/>
    public Task MarkBadAsync(SlotId slot, string reason, CancellationToken ct) => ChangeAsync(
        () =>
        {
            SlotTable wanted = SlotRules.MarkBad(node.BootControl.Read(), slot);
            if (slot == _running)
            {
                RequireMayReturn(slot.Other());
            }

            NoteFailure(slot, reason, $"slot {slot} was marked bad: {reason}");
            SetSlots(wanted);
            LogMarkedBad(slot, reason);
            return true;
        },
        ct);

    /// <inheritdoc/>
    public Task RollBackAsync(string reason, CancellationToken ct) => ChangeAsync(
        () =>
        {
            SlotId running = Running();
            SlotTable wanted = SlotRules.RollBack(node.BootControl.Read(), running);
            RequireMayReturn(running.Other());
            NoteFailure(running, reason, $"rolled back to slot {running.Other()}: {reason}");
            SetSlots(wanted);
            LogRolledBack(running.Other(), reason);
            return true;
        },
        ct);

    /// <inheritdoc/>
    public async Task<bool> CancelAsync(CancellationToken ct)
    {
        Task? installed = null;
        lock (_installing)
        {
            if (_install is { } install)
            {
                install.Cancel();
                installed = _installed;
            }
        }

        if (installed is not null)
        {
            await installed.WaitAsync(ct).ConfigureAwait(false);
        }

        return await ChangeAsync(() => Withdraw() || installed is not null, ct).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<string?> PrepareRebootAsync(CancellationToken ct) => ChangeAsync(node.BootControl.PrepareReboot, ct);

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private async Task<InstallResult> InstallHeldAsync(IBundleSource source, InstallOptions options, IProgress<UpdateProgress>? progress, CancellationToken ct)
    {
        SlotId running = Running();
        InstallMeter meter = new(p =>
        {
            _progress = p;
            progress?.Report(p);
            Changed?.Invoke();
        });
        UpdateProgress? before = _progress;
        bool begun = false;
        try
        {
            meter.Enter(UpdateState.Checking, null);
            using BundleReader bundle = await BundleReader.OpenAsync(source, Trust(), node.Clock(), ct).ConfigureAwait(false);
            if (options.BundleId.Length > 0 && options.BundleId != bundle.Id)
            {
                throw new UpdateException($"bundle {bundle.Manifest.Version}: its id is {bundle.Id}; {options.BundleId} is wanted");
            }

            BundlePolicy.Check(bundle.Manifest, Facts(options));
            SlotTable emptied = SlotRules.BeginUpdate(node.BootControl.Read(), running);
            Installer installer = new(node, bundle, running, meter, log);
            IReadOnlyList<PartPlan> plans = installer.Plan(ct);

            bool again = _journal.Target?.Bundle == bundle.Id;
            UpdateTarget target = new(bundle.Manifest.Version.ToString(), bundle.Manifest.Build, bundle.Id, bundle.Manifest.Floor?.ToString());
            begun = true;
            Save(_journal.WithContent(running.Other(), null) with { State = UpdateState.Writing, Message = null, Target = target });
            SetSlots(emptied);
            LogBegun(target.Version, running.Other());
            await installer.RunAsync(plans, again, ct).ConfigureAwait(false);

            KeepPending(bundle.KeySet);
            ct.ThrowIfCancellationRequested();
            options.BeforeArming?.Invoke();
            Save(_journal.WithContent(running.Other(), new SlotContent(target.Version, target.Build) { SignedBy = bundle.SignedBy }) with
            {
                State = UpdateState.TrialPending,
                Trial = new TrialRecord(running.Other(), SlotRules.DefaultTries),
            });
            SetSlots(SlotRules.ArmTrial(emptied, running));
            meter.Enter(UpdateState.TrialPending, null);
            LogArmed(running.Other(), target.Version, meter.FetchedBytes, meter.WrittenBytes);
            return new InstallResult(target.Version, target.Bundle, meter.FetchedBytes, meter.WrittenBytes);
        }
        catch (Exception e) when (begun)
        {
            bool cancelled = e is OperationCanceledException && ct.IsCancellationRequested;
            Save(_journal with
            {
                State = cancelled ? UpdateState.Cancelled : UpdateState.Failed,
                Message = cancelled ? "cancelled; what is in place is kept for the next try" : e.Message,
                Trial = null,
            });
            throw;
        }
        finally
        {
            // A refusal changes nothing, and what was before still holds.
            _progress = begun ? _progress : before;
        }
    }

    private NodeFacts Facts(InstallOptions options) => new()
    {
        Board = node.Board,
        Architecture = node.Architecture,
        RunningVersion = SemanticVersion.Parse(_version),
        Floor = SemanticVersion.TryParse(_journal.Floor, out SemanticVersion? floor) ? floor : null,
        FailedBuilds = [.. _journal.Failed.Select(f => new FailedBuild(SemanticVersion.Parse(f.Version), f.Build, f.Reason))],
        AllowFailed = options.Force,
        Time = node.Clock(),
    };

    private TrustStore Trust()
    {
        TrustStore anchors = node.Anchors();
        return node.Store.Find(UpdateTags.KeySet) is { Length: > 0 } keySet ? anchors.With(keySet.Span, node.Clock()) : anchors;
    }

    /// <summary>A trial goes back to what ran before it; a person does not get further back than by installing.</summary>
    private void RequireMayReturn(SlotId slot)
    {
        if (_journal.Trial?.Slot == slot.Other())
        {
            return;
        }

        if (ReturnRules.Objection(slot, _journal.ContentOf(slot), _journal.Floor, Trust) is { } objection)
        {
            throw new UpdateException(objection);
        }
    }

    private void KeepPending(ReadOnlyMemory<byte> keySet)
    {
        TakeKeySet(keep: false);
        if (!keySet.IsEmpty)
        {
            node.Store.Write(UpdateTags.PendingKeySet, keySet.Span);
        }
    }

    private void TakeKeySet(bool keep)
    {
        if (node.Store.Find(UpdateTags.PendingKeySet) is not { } pending)
        {
            return;
        }

        if (keep)
        {
            node.Store.Write(UpdateTags.KeySet, pending.Span);
        }

        node.Store.Delete(UpdateTags.PendingKeySet);
    }

    // The reason is on the medium before the boot loader is told: a cut in between costs a boot, not the reason.
    private void NoteFailure(SlotId slot, string reason, string message) =>
        Save(_journal.Trial is { Failure: null } trial && trial.Slot == slot
            ? _journal with { State = UpdateState.Failed, Message = reason, Trial = trial with { Failure = reason } }
            : _journal with { Message = message });

    private bool Withdraw()
    {
        if (_journal.Trial is not { } trial || trial.Slot == _running)
        {
            return false;
        }

        SetSlots(SlotRules.Withdraw(node.BootControl.Read(), Running()));
        Save(_journal with { State = UpdateState.Cancelled, Message = $"the trial of {_journal.Target?.Version} was taken back", Trial = null });
        return true;
    }

    private SlotId Running() => _running ?? throw new UpdateException("the node has not found out yet which slot it runs from: try again when it has started");

    private void SetSlots(SlotTable wanted)
    {
        node.BootControl.Write(wanted);
        _slots = wanted;
    }

    private void Save(UpdateJournal journal)
    {
        byte[] data = JournalFormat.Write(journal);
        if (node.Store.Find(UpdateTags.Journal) is not { } stored || !stored.Span.SequenceEqual(data))
        {
            node.Store.Write(UpdateTags.Journal, data);
        }

        _journal = journal;
        Changed?.Invoke();
    }

    private async Task<T> ChangeAsync<T>(Func<T> change, CancellationToken ct)
    {
        if (_install is not null)
        {
            throw new UpdateException($"an update is being installed ({Status.State}): wait for it or cancel it");
        }

        await _gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            return await Task.Run(change, ct).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }
}
