using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Talos.Resources.Runtime;
using Talos.Services.Health;
using Talos.Services.Logs;
using Talos.Services.Machine;
using Talos.Services.Ports;

namespace Talos.Services;

/// <summary>Runs one service: feeds <see cref="ServiceMachine"/> and does what it says.</summary>
internal sealed partial class ServiceRunner(
    string id, ServiceSpec spec, ServiceRunnerPorts ports, ServiceLog log, ILogger<ServiceRunner> logger) : IDisposable
{
    private const int EventsKept = 32;

    /// <summary>Bad answers in a row that make a healthy service ill.</summary>
    private const int HealthThreshold = 3;

    private readonly Channel<ServiceInput> _inputs =
        Channel.CreateUnbounded<ServiceInput>(new UnboundedChannelOptions { SingleReader = true });

    private readonly Lock _lock = new();
    private ServiceRun _run = ServiceRun.Initial;
    private ServiceSpec _spec = spec;
    private IServiceProcess? _process;
    private CancellationTokenSource _wait = new();

    private ServiceInfo _info = new() { Id = id, State = ServiceState.Initialized };

    /// <summary>Its output.</summary>
    public ServiceLog Log => log;

    /// <summary>What it should be; a new value counts from the next start.</summary>
    public ServiceSpec Spec
    {
        get => Volatile.Read(ref _spec);
        set => Volatile.Write(ref _spec, value);
    }

    /// <summary>The service at this moment.</summary>
    public ServiceInfo Info => Volatile.Read(ref _info);

    /// <summary>Hands something over to the machine. Never waits.</summary>
    public void Post(ServiceInput input) => _inputs.Writer.TryWrite(input);

    /// <summary>Takes nothing more; <see cref="RunAsync"/> ends.</summary>
    public void Complete() => _inputs.Writer.TryComplete();

    /// <inheritdoc/>
    public void Dispose() => _wait.Dispose();

    /// <summary>Works until completed or cancelled. A process that runs then goes on running.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        await foreach (ServiceInput input in _inputs.Reader.ReadAllAsync(ct))
        {
            if ((ports.StartsDenied() ? ServiceMachine.WhenGoingDown(input) : input) is not { } heeded)
            {
                continue;
            }

            (ServiceRun next, ServiceEffect effect) = ServiceMachine.Step(_run, heeded, Spec.Restart, ports.Jitter());
            bool changed = next.State != _run.State || (next.Message != _run.Message && next.Message.Length > 0);
            _run = next;
            if (input is ServiceInput.Exited)
            {
                _process = null;
            }

            if (changed)
            {
                PublishState();
            }

            Perform(effect, ct);
        }
    }

    private void Perform(ServiceEffect effect, CancellationToken ct)
    {
        switch (effect)
        {
            case ServiceEffect.AwaitDependencies await:
                _ = AwaitDependenciesAsync(await.Attempt, NewWait(ct));
                break;
            case ServiceEffect.Prepare prepare:
                Try(prepare.Attempt, () => ports.Host.Prepare(id, Spec), new ServiceInput.Prepared(prepare.Attempt));
                break;
            case ServiceEffect.Launch launch:
                Launch(launch.Attempt, ct);
                break;
            case ServiceEffect.Terminate when _process is { } process:
                _ = TerminateAsync(process);
                break;
            case ServiceEffect.Pause pause:
                _ = PauseAsync(pause, NewWait(ct));
                break;
            case ServiceEffect.Cancel:
                _wait.Cancel();
                break;
            default:
                break;
        }
    }

    private CancellationToken NewWait(CancellationToken ct)
    {
        _wait.Cancel();
        _wait.Dispose();
        _wait = CancellationTokenSource.CreateLinkedTokenSource(ct);
        return _wait.Token;
    }

    private async Task AwaitDependenciesAsync(int attempt, CancellationToken ct)
    {
        try
        {
            await ports.Dependencies.WaitAsync(Spec, PublishWaiting, ct);
            Post(new ServiceInput.DependenciesReady(attempt));
        }
        catch (OperationCanceledException)
        {
            // The wait is for nothing any more.
        }
    }

    private async Task PauseAsync(ServiceEffect.Pause pause, CancellationToken ct)
    {
        await Task.Delay(pause.Delay, ports.Time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        Post(new ServiceInput.RestartDue(pause.Attempt));
    }

    private void Launch(int attempt, CancellationToken ct) => Try(
        attempt,
        () =>
        {
            ServiceSpec spec = Spec;
            IServiceProcess process = ports.Host.Launch(id, spec, log);
            _process = process;
            Post(new ServiceInput.Launched(process.Pid));
            _ = WatchAsync(process, spec, ct);
        },
        null);

    private void Try(int attempt, Action action, ServiceInput? then)
    {
        try
        {
            action();
            if (then is not null)
            {
                Post(then);
            }
        }
        catch (Exception e)
        {
            LogFailed(id, e.Message);
            Post(new ServiceInput.Failed(attempt, e.Message));
        }
    }

    private async Task WatchAsync(IServiceProcess process, ServiceSpec spec, CancellationToken ct)
    {
        long started = ports.Time.GetTimestamp();
        ProcessEnd end;
        using (CancellationTokenSource running = CancellationTokenSource.CreateLinkedTokenSource(ct))
        {
            Task health = WatchHealthAsync(spec.HealthCheck, running.Token);
            end = await process.End;
            await running.CancelAsync();
            await health;
        }

        if (!spec.KeepsChildren)
        {
            process.Kill();
        }

        Post(new ServiceInput.Exited(end.Success, end.How, ports.Time.GetElapsedTime(started)));
    }

    private async Task WatchHealthAsync(ServiceHealthCheck check, CancellationToken ct)
    {
        HealthTracker tracker = HealthTracker.Initial;
        long started = ports.Time.GetTimestamp();
        TimeSpan grace = TimeSpan.FromSeconds(Math.Max(0, check.GraceSeconds));
        try
        {
            while (true)
            {
                string? problem = await ports.Probe.ProbeAsync(check, ct);
                HealthTracker next = tracker.With(problem, HealthThreshold, starting: ports.Time.GetElapsedTime(started) < grace);
                if (next.Health != tracker.Health && !ct.IsCancellationRequested)
                {
                    PublishHealth(next.Health);
                }

                tracker = next;
                if (check.Kind is ServiceHealthKind.None)
                {
                    return;
                }

                await Task.Delay(tracker.Pause(TimeSpan.FromSeconds(Math.Max(1, check.IntervalSeconds))), ports.Time, ct);
            }
        }
        catch (OperationCanceledException)
        {
            // The process has ended.
        }
    }

    private async Task TerminateAsync(IServiceProcess process)
    {
        process.Terminate();
        Task limit = Task.Delay(TimeSpan.FromSeconds(Math.Max(1, Spec.StopTimeoutSeconds)), ports.Time);
        if (await Task.WhenAny(process.End, limit) == limit && !process.End.IsCompleted)
        {
            LogKilled(id, Spec.StopTimeoutSeconds);
            process.Kill();
        }
    }

    private void PublishState()
    {
        bool running = _run.State is ServiceState.Running or ServiceState.Stopping;
        Publish(_run.Message, info => info with
        {
            State = _run.State,
            Message = _run.Message,
            Pid = running && _process is { } process ? process.Pid : 0,
            Health = running ? info.Health : ServiceHealth.None,
            HealthChanged = running ? info.HealthChanged : ports.Time.GetUtcNow(),
        });
        LogState(id, _run.State, _run.Message);
    }

    private void PublishWaiting(string what) => Publish(what, info => info with { Message = what });

    private void PublishHealth(ServiceHealth health)
    {
        string message = health.Healthy ? "Health check successful" : $"Health check failed: {health.Message}";
        if (Publish(message, info => info with { Health = health, HealthChanged = ports.Time.GetUtcNow() }))
        {
            LogHealth(id, message);
        }
    }

    private bool Publish(string message, Func<ServiceInfo, ServiceInfo> change)
    {
        lock (_lock)
        {
            ServiceInfo next = change(_info);
            if (next == _info)
            {
                return false;
            }

            ServiceEvent happened = new(ports.Time.GetUtcNow(), next.State, message);
            next = next with { Events = [.. next.Events.Skip(Math.Max(0, next.Events.Count - EventsKept + 1)), happened] };
            Volatile.Write(ref _info, next);
            ports.Changed(next);
            return true;
        }
    }

    [LoggerMessage(LogLevel.Information, "Service {Service} is {State}: {Text}")]
    private partial void LogState(string service, ServiceState state, string text);

    [LoggerMessage(LogLevel.Information, "Service {Service}: {Text}")]
    private partial void LogHealth(string service, string text);

    [LoggerMessage(LogLevel.Warning, "Service {Service} could not be started: {Problem}")]
    private partial void LogFailed(string service, string problem);

    [LoggerMessage(LogLevel.Warning, "Service {Service} did not end within {Seconds} s and was killed")]
    private partial void LogKilled(string service, int seconds);
}

/// <summary>What a <see cref="ServiceRunner"/> needs of the rest.</summary>
internal sealed record ServiceRunnerPorts(
    IProcessHost Host,
    IHealthProbe Probe,
    IServiceDependencies Dependencies,
    TimeProvider Time,
    Func<double> Jitter,
    Func<bool> StartsDenied,
    Action<ServiceInfo> Changed);

/// <summary>Knows when the things a service depends on are there.</summary>
internal interface IServiceDependencies
{
    /// <summary>Returns when all are there.</summary>
    /// <param name="spec">The service that waits.</param>
    /// <param name="waiting">Told what is missing, each time that changes.</param>
    /// <param name="ct">Ends the wait.</param>
    Task WaitAsync(ServiceSpec spec, Action<string> waiting, CancellationToken ct);
}
