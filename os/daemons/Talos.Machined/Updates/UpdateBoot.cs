using Microsoft.Extensions.Logging;
using Talos.Ota.Engine;
using Talos.Ota.Slots;
using Talos.Resources.Ota;

namespace Talos.Machined.Updates;

/// <summary>What this boot is to the update engine; known once META is read.</summary>
/// <param name="engine">The update engine.</param>
/// <param name="slot">Finds the slot the root is mounted from; gives null when it is none.</param>
/// <param name="version">Version of the running system.</param>
/// <param name="time">The clock; this object is made when the first process starts.</param>
/// <param name="log">Where to tell.</param>
internal sealed partial class UpdateBoot(IUpdateEngine engine, Func<SlotId?> slot, string version, TimeProvider time, ILogger<UpdateBoot> log)
{
    private readonly long _started = time.GetTimestamp();

    /// <summary>Told when <see cref="Report"/> is there.</summary>
    public event Action? Changed;

    /// <summary>What the engine says; null before it has, and when it could not.</summary>
    public BootReport? Report { get; private set; }

    /// <summary>Why there is no report; null when there is one or it is still to come.</summary>
    public string? Problem { get; private set; }

    /// <summary>How the trial goes; null when this boot is none, or nobody has looked yet.</summary>
    public TrialStatus? Trial { get; set; }

    /// <summary>Version of the running system.</summary>
    public string Version => version;

    /// <summary>Time since the first process started.</summary>
    public TimeSpan SinceStart => time.GetElapsedTime(_started);

    /// <summary>Why the node starts no workload: no slot is good. Null otherwise.</summary>
    public string? Recovery => Report is { Kind: BootKind.Recovery }
        ? $"no slot is good: {engine.Status.LastFallback?.Reason ?? "the reason is not known"}; install an update, or mark the running slot good"
        : null;

    /// <summary>Asks the engine; a node whose slots cannot be read does its work without updates.</summary>
    public async Task CheckAsync(CancellationToken ct)
    {
        if (Report is not null)
        {
            return;
        }

        try
        {
            if (slot() is not { } booted)
            {
                throw new SlotException("the root file system is on no slot's partition");
            }

            Report = await engine.OnBootAsync(booted, version, ct);
            Problem = null;
            Tell(Report);
        }
        catch (Exception e) when (UpdateErrors.IsExpected(e))
        {
            Problem = e.Message;
            LogNoUpdates(Problem);
        }

        Changed?.Invoke();
    }

    /// <summary>Says so when the node cannot take updates in this boot.</summary>
    /// <exception cref="UpdateException">It cannot.</exception>
    public void Require()
    {
        if (Report is null)
        {
            throw new UpdateException($"no updates: {Problem ?? "the node is still starting"}");
        }
    }

    private void Tell(BootReport report)
    {
        switch (report.Kind)
        {
            case BootKind.Trial:
                LogTrial(report.Booted.ToString(), version);
                break;
            case BootKind.TrialAgain:
                LogTrialAgain(report.Booted.Other().ToString());
                break;
            case BootKind.Recovery:
                LogRecovery(Recovery!);
                break;
            default:
                LogSlot(report.Booted.ToString(), version);
                break;
        }

        if (engine.Status.LastFallback is { } fallback)
        {
            LogFallback(fallback.Slot.ToString(), fallback.Version, fallback.At, fallback.Stage ?? "nothing", fallback.Reason);
        }
    }

    [LoggerMessage(LogLevel.Information, "Slot {Slot} with {Version}")]
    private partial void LogSlot(string slot, string version);

    [LoggerMessage(LogLevel.Information, "Slot {Slot} with {Version} is on trial: it is kept once the node is healthy")]
    private partial void LogTrial(string slot, string version);

    [LoggerMessage(LogLevel.Information, "The trial of slot {Slot} did not start; restarting into it")]
    private partial void LogTrialAgain(string slot);

    [LoggerMessage(LogLevel.Error, "Recovery: {Problem}")]
    private partial void LogRecovery(string problem);

    [LoggerMessage(LogLevel.Warning, "Last fallback: slot {Slot} with {Version} on {At:u}, last stage {Stage}: {Reason}")]
    private partial void LogFallback(string slot, string version, DateTimeOffset at, string stage, string reason);

    [LoggerMessage(LogLevel.Error, "No updates in this boot: {Problem}")]
    private partial void LogNoUpdates(string problem);
}
