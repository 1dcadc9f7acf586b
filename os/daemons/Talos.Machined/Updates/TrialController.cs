using Microsoft.Extensions.Logging;
using Talos.Config;
using Talos.Cosi;
using Talos.Ota.Engine;
using Talos.Resources.Config;
using Talos.Resources.Kubernetes;
using Talos.Resources.Ota;
using Talos.Resources.Runtime;

namespace Talos.Machined.Updates;

/// <summary>Acts on the health gate while the slot is on trial: blesses it, or marks it bad with the reason and restarts the node.</summary>
/// <param name="engine">The update engine.</param>
/// <param name="boot">What this boot is.</param>
/// <param name="node">The node.</param>
/// <param name="tolerance">What the trial is not blamed for.</param>
/// <param name="time">The clock of the deadline.</param>
/// <param name="log">Where to tell.</param>
internal sealed partial class TrialController(
    IUpdateEngine engine, UpdateBoot boot, ITrialNode node, TrialTolerance tolerance, TimeProvider time, ILogger<TrialController> log) : ITriggeredController
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private long? _healthySince;
    private string _reached = "";
    private string _told = "";
    private bool _ended;
    private (string Yaml, UpdateConfiguration Update) _config = ("", new UpdateConfiguration());

    /// <inheritdoc/>
    public string Name => "update.TrialController";

    /// <inheritdoc/>
    public IReadOnlyList<ControllerInput> Inputs { get; } =
    [
        ControllerInput.Weak<MachineStatus>(), ControllerInput.Weak<ServiceStatus>(), ControllerInput.Weak<MachineConfig>(),
        ControllerInput.Weak<StaticPod>(), ControllerInput.Weak<StaticPodStatus>(), ControllerInput.Weak<Nodename>(),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<ControllerOutput> Outputs { get; } = [ControllerOutput.Exclusive<TrialStatus>()];

    /// <inheritdoc/>
    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        if (boot.Report is not { Kind: BootKind.Trial } report || _ended)
        {
            return;
        }

        context.RequeueAfter(Pause);
        UpdateConfiguration config = Config(context);
        TrialHealth health = await ObserveAsync(context, config, ct);
        await NoteReachedAsync(health, ct);

        IReadOnlyList<string> missing = HealthGate.Missing(health);
        TellMissing(missing);
        _healthySince = missing.Count == 0 ? _healthySince ?? time.GetTimestamp() : null;
        TimeSpan healthyFor = _healthySince is { } since ? time.GetElapsedTime(since) : TimeSpan.Zero;
        TrialVerdict verdict = Judge(health, missing, config, healthyFor);
        switch (verdict)
        {
            case TrialVerdict.Good when engine.Status.State is UpdateState.Trial:
                await engine.BlessAsync(ct);
                LogBlessed(report.Booted.ToString(), boot.Version, boot.SinceStart.TotalSeconds);
                break;
            case TrialVerdict.Bad when engine.Status.State is UpdateState.Trial:
                await GoBackAsync(report, HealthGate.Reason(missing, config.HealthDeadline), ct);
                break;
        }

        _ended |= verdict is not TrialVerdict.Waiting;
        boot.Trial = new TrialStatus
        {
            Slot = report.Booted.ToString(),
            Verdict = verdict.ToString().ToLowerInvariant(),
            Deadline = HealthGate.Text(config.HealthDeadline),
            Missing = [.. missing],
        };
        await context.WriteAsync(TrialStatus.Id, boot.Trial, ct);
    }

    /// <inheritdoc/>
    public async Task RunTriggersAsync(Action reconcile, CancellationToken ct)
    {
        boot.Changed += reconcile;
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            boot.Changed -= reconcile;
        }
    }

    /// <summary>A person may have judged before.</summary>
    private TrialVerdict Judge(TrialHealth health, IReadOnlyList<string> missing, UpdateConfiguration config, TimeSpan healthyFor) => engine.Status.State switch
    {
        UpdateState.Trial => HealthGate.Judge(missing, health.Stage, boot.SinceStart, config.HealthDeadline, healthyFor),
        UpdateState.Committed => TrialVerdict.Good,
        _ => TrialVerdict.Bad,
    };

    /// <summary>A slot that cannot be marked is left to the boot loader: each start costs it a try.</summary>
    private async Task GoBackAsync(BootReport report, string reason, CancellationToken ct)
    {
        LogBad(report.Booted.ToString(), boot.Version, reason);
        try
        {
            await engine.MarkBadAsync(report.Booted, reason, ct);
        }
        catch (Exception e) when (UpdateErrors.IsExpected(e))
        {
            LogNotMarked(report.Booted.ToString(), e.Message);
        }

        node.Restart();
    }

    private async Task<TrialHealth> ObserveAsync(IControllerContext context, UpdateConfiguration config, CancellationToken ct)
    {
        MachineStatus? machine = context.Find<MachineStatus>(MachineStatus.Id)?.Spec;
        TrialHealth health = new()
        {
            Stage = machine?.Stage ?? MachineStage.Booting,
            Unmet = machine?.Status.UnmetConditions ?? [],
            ApiAnswers = IsHealthy(context, "apid") && await node.ApiAnswersAsync(ct),
            KubeletHealthy = IsHealthy(context, "kubelet"),
            UnreadyPods = PodHealth.Unready(
                context.List<StaticPod>().Select(p => p.Spec.Pod),
                context.List<StaticPodStatus>().ToDictionary(s => s.Id, s => s.Spec.Status),
                context.Find<Nodename>(Nodename.Id)?.Spec.Name ?? ""),
            FailingControllers = tolerance.Beyond(node.FailingControllers),
        };
        if (health.Stage is not MachineStage.Running || health.UnreadyPods.Count > 0)
        {
            return health;
        }

        string?[] probes = await Task.WhenAll(config.Probes.Select(p => node.ProbeAsync(p, ct)));
        return health with { FailedProbes = [.. probes.OfType<string>()] };
    }

    private static bool IsHealthy(IControllerContext context, string service) =>
        context.Find<ServiceStatus>(service)?.Spec is { Running: true, Healthy: true };

    /// <summary>Read anew only when its text is another one: a trial looks every two seconds.</summary>
    private UpdateConfiguration Config(IControllerContext context)
    {
        string yaml = context.Find<MachineConfig>(MachineConfig.ActiveId) is { Phase: ResourcePhase.Running } config ? config.Spec.Yaml : "";
        if (yaml != _config.Yaml)
        {
            _config = (yaml, yaml.Length == 0 ? new UpdateConfiguration() : ConfigReader.Parse(yaml).Update);
        }

        return _config.Update;
    }

    private async Task NoteReachedAsync(TrialHealth health, CancellationToken ct)
    {
        string reached = HealthGate.Reached(health);
        if (reached != _reached)
        {
            _reached = reached;
            await engine.ReachedAsync(reached, ct);
        }
    }

    private void TellMissing(IReadOnlyList<string> missing)
    {
        string told = string.Join("; ", missing);
        if (told != _told)
        {
            _told = told;
            LogMissing(told.Length > 0 ? told : "nothing");
        }
    }

    [LoggerMessage(LogLevel.Information, "Trial: missing for health: {Missing}")]
    private partial void LogMissing(string missing);

    [LoggerMessage(LogLevel.Information, "Slot {Slot} with {Version} is healthy after {Seconds:0} s and kept")]
    private partial void LogBlessed(string slot, string version, double seconds);

    [LoggerMessage(LogLevel.Error, "Slot {Slot} with {Version} is given up: {Reason}")]
    private partial void LogBad(string slot, string version, string reason);

    [LoggerMessage(LogLevel.Error, "Slot {Slot} not marked bad, the boot loader ends its trial: {Problem}")]
    private partial void LogNotMarked(string slot, string problem);
}
