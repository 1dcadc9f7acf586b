using Microsoft.Extensions.Logging;
using Talos.Config;
using Talos.Rpc.Authorization;

namespace Talos.Machined.Configuration;

/// <summary>Loads, applies and publishes the machine config; one apply at a time.</summary>
internal sealed partial class ConfigurationService(
    ConfigStore store, ConfigPublisher publisher, IConfigurationEvents events, TimeProvider clock, ILogger<ConfigurationService> log)
    : IConfigurationService, IDisposable
{
    /// <summary>How long an apply waits for STATE on a node that is still starting.</summary>
    private static readonly TimeSpan StateWait = TimeSpan.FromMinutes(2);

    private readonly SemaphoreSlim _gate = new(1);
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _configured = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MachineConfiguration? _persistent;
    private readonly CancellationTokenSource _maintenanceEnds = new();
    private volatile MachineConfiguration? _active;
    private volatile ConfigFinding _finding;
    private ITimer? _tryTimer;
    private int _try;

    public MachineConfiguration? Active => _active;

    public Admission Admission => AdmissionRules.Of(_finding);

    public CancellationToken MaintenanceEnds => _maintenanceEnds.Token;

    public async Task<ConfigSource> LoadAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            StoredConfig stored = store.Load();
            foreach (string problem in stored.Problems)
            {
                events.LoadFailed(problem);
                LogLoadProblem(problem);
            }

            if (stored.Configuration is MachineConfiguration configuration)
            {
                _persistent = configuration;
                publisher.Persistent(configuration);
                Activate(configuration);
                LogLoaded(stored.Source, configuration.ToString());
            }

            if (_finding is not ConfigFinding.Complete)
            {
                Find(stored.Source is ConfigSource.Damaged ? ConfigFinding.Damaged : ConfigFinding.None);
            }

            return stored.Source;
        }
        finally
        {
            // In this order: an apply that waited finds the gate open.
            _gate.Release();
            _loaded.TrySetResult();
        }
    }

    public Task WaitUntilConfiguredAsync(CancellationToken ct) => _configured.Task.WaitAsync(ct);

    public async Task<ApplyOutcome> ApplyAsync(ApplyOptions options, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        MachineConfiguration wanted = Read(options.Data);
        if (!options.DryRun)
        {
            await UntilLoadedAsync(ct);
        }

        if (!_gate.Wait(TimeSpan.Zero, CancellationToken.None))
        {
            throw new ApplyInProgressException();
        }

        try
        {
            return Apply(options, wanted);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose()
    {
        _tryTimer?.Dispose();
        _maintenanceEnds.Dispose();
        _gate.Dispose();
    }

    /// <summary>The API is up before STATE is mounted: a config written earlier would land beside it and be gone after a reboot.</summary>
    private async Task UntilLoadedAsync(CancellationToken ct)
    {
        try
        {
            await _loaded.Task.WaitAsync(StateWait, clock, ct);
        }
        catch (TimeoutException)
        {
            throw new IOException($"the config was not applied: STATE was not mounted within {StateWait.TotalSeconds:0} s; the node's log says why");
        }
    }

    private ApplyOutcome Apply(ApplyOptions options, MachineConfiguration wanted)
    {
        if (options.OnlyInMaintenance && Admission is not Admission.Maintenance)
        {
            throw new ApplyInProgressException();
        }

        ApplyPlan plan;
        try
        {
            plan = ApplyPlan.Make(options.Mode, _active, wanted);
        }
        catch (ConfigException e)
        {
            events.ValidationFailed(e.Message);
            throw;
        }

        if (options.DryRun)
        {
            return new ApplyOutcome(plan.Mode, plan.DryRunDetails(_active, wanted), wanted.Warnings, RebootNeeded: false);
        }

        EndTry();
        if (plan.Persist)
        {
            store.Save(wanted.Yaml);
            _persistent = wanted;
            publisher.Persistent(wanted);
        }

        if (plan.Activate)
        {
            Activate(wanted);
        }

        string details = plan.Details;
        if (plan.Mode is ApplyMode.Try)
        {
            BeginTry(options.TryTimeout);
            details = $"{details}; taken back in {options.TryTimeout.TotalSeconds:0.###} s";
        }

        LogApplied(plan.Mode, wanted.ToString());
        return new ApplyOutcome(plan.Mode, details, wanted.Warnings, plan.Mode is ApplyMode.Reboot);
    }

    private MachineConfiguration Read(ReadOnlyMemory<byte> data)
    {
        ConfigReading reading = ConfigReader.Read(data.Span);
        if (reading.Configuration is MachineConfiguration configuration)
        {
            return configuration;
        }

        ConfigException refusal = new(reading.Problems);
        events.ValidationFailed(refusal.Message);
        throw refusal;
    }

    private void Activate(MachineConfiguration configuration)
    {
        _active = configuration;
        publisher.Active(configuration);
        if (configuration.IsComplete)
        {
            Find(ConfigFinding.Complete);
            _configured.TrySetResult();
        }
    }

    private void Find(ConfigFinding finding)
    {
        _finding = finding;
        publisher.Found(finding);
        if (Admission is Admission.Members)
        {
            _maintenanceEnds.Cancel();
        }
    }

    private void BeginTry(TimeSpan timeout)
    {
        int number = _try;
        _tryTimer = clock.CreateTimer(_ => Revert(number), null, timeout, Timeout.InfiniteTimeSpan);
    }

    private void EndTry()
    {
        _try++;
        _tryTimer?.Dispose();
        _tryTimer = null;
    }

    /// <summary>Runs on a timer thread; an apply that came meanwhile has ended the try.</summary>
    private void Revert(int number)
    {
        _gate.Wait();
        try
        {
            if (number != _try)
            {
                return;
            }

            EndTry();
            if (_persistent is MachineConfiguration persistent)
            {
                Activate(persistent);
            }

            LogReverted();
        }
        finally
        {
            _gate.Release();
        }
    }

    [LoggerMessage(LogLevel.Warning, "Stored config not usable: {Problem}")]
    private partial void LogLoadProblem(string problem);

    [LoggerMessage(LogLevel.Information, "Config loaded from {Source}: {Config}")]
    private partial void LogLoaded(ConfigSource source, string config);

    [LoggerMessage(LogLevel.Information, "Config applied ({Mode}): {Config}")]
    private partial void LogApplied(ApplyMode mode, string config);

    [LoggerMessage(LogLevel.Information, "Tried config taken back")]
    private partial void LogReverted();
}
