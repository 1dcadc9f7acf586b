using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Talos.Cosi;
using Talos.Resources.Runtime;
using Talos.Services.Logs;
using Talos.Services.Machine;
using Talos.Services.Ports;

namespace Talos.Services;

/// <summary>All services of the node.</summary>
public sealed partial class ServiceManager : IServiceControl, IServiceDependencies
{
    private static readonly TimeSpan PathPoll = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<string, ServiceRunner> _runners = [];
    private readonly ConcurrentDictionary<string, ServiceInfo> _ownServices = [];
    private readonly ServiceLogs _logs;
    private readonly IServiceEvents _events;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger<ServiceManager> _logger;
    private readonly ServiceRunnerPorts _ports;
    private TaskCompletionSource _changed = NewSignal();
    private volatile bool _startsDenied;

    internal ServiceManager(
        IProcessHost host, IHealthProbe probe, ServiceLogs logs, IServiceEvents events, TimeProvider time, ILoggerFactory loggers)
    {
        _logs = logs;
        _events = events;
        _time = time;
        _loggers = loggers;
        _logger = loggers.CreateLogger<ServiceManager>();
        _ports = new ServiceRunnerPorts(host, probe, this, time, Random.Shared.NextDouble, () => _startsDenied, OnChanged);
    }

    /// <summary>Told after each change of any service; must return at once.</summary>
    public event Action? Changed;

    /// <inheritdoc/>
    public IReadOnlyList<ServiceInfo> List() =>
        [.. _runners.Values.Select(r => r.Info).Concat(_ownServices.Values).OrderBy(s => s.Id, StringComparer.Ordinal)];

    /// <inheritdoc/>
    public ServiceInfo? Find(string id) => _runners.TryGetValue(id, out ServiceRunner? runner) ? runner.Info : _ownServices.GetValueOrDefault(id);

    /// <inheritdoc/>
    public IReadOnlyList<string> Logs() => _logs.Names();

    /// <summary>Lists a service that is this very process; it can be neither started nor stopped.</summary>
    public void AddOwn(string id)
    {
        ServiceEvent started = new(_time.GetUtcNow(), ServiceState.Running, "Service started");
        ServiceInfo info = new()
        {
            Id = id,
            State = ServiceState.Running,
            Pid = Environment.ProcessId,
            Health = new ServiceHealth(false, true, ""),
            HealthChanged = started.Time,
            Events = [started],
        };
        _ownServices[id] = info;
        OnChanged(info);
    }

    /// <summary>Makes a service be as described: a new one is started, a changed one restarted.</summary>
    public void Apply(string id, ServiceSpec spec)
    {
        if (_runners.TryGetValue(id, out ServiceRunner? known))
        {
            if (known.Spec != spec)
            {
                known.Spec = spec;
                if (known.Info.State is not (ServiceState.Finished or ServiceState.Failed))
                {
                    known.Post(new ServiceInput.Restart("Starting again with new settings"));
                }
            }

            return;
        }

        ServiceRunner runner = new(id, spec, _ports, _logs.Open(id), _loggers.CreateLogger<ServiceRunner>());
        if (_runners.TryAdd(id, runner))
        {
            _ = RunAsync(id, runner);
            runner.Post(new ServiceInput.Start());
        }
    }

    /// <summary>Stops a service and forgets it.</summary>
    /// <returns>Whether it is gone; otherwise call again after the next change.</returns>
    public bool TryRemove(string id)
    {
        if (!_runners.TryGetValue(id, out ServiceRunner? runner))
        {
            return true;
        }

        if (!IsDown(runner.Info))
        {
            runner.Post(new ServiceInput.Stop());
            return false;
        }

        _runners.TryRemove(id, out _);
        runner.Complete();
        Pulse();
        return true;
    }

    /// <inheritdoc/>
    public void Start(string id)
    {
        ServiceRunner runner = Get(id);
        RefuseWhenGoingDown(id);
        runner.Post(new ServiceInput.Start());
    }

    /// <inheritdoc/>
    public Task StopAsync(string id, CancellationToken ct)
    {
        if (Get(id).Spec.Essential)
        {
            throw new ServiceException(id, ServiceProblem.Refused, "the node needs it; it can only be restarted");
        }

        return StopManyAsync([id], ct);
    }

    /// <inheritdoc/>
    public async Task RestartAsync(string id, CancellationToken ct)
    {
        Get(id);
        RefuseWhenGoingDown(id);
        List<ServiceRunner> running = [.. StopOrder(Snapshot(), [id]).Select(s => s.Runner).Where(r => !IsDown(r.Info))];
        await StopManyAsync([id], ct);
        Start(id);
        foreach (ServiceRunner runner in running)
        {
            runner.Post(new ServiceInput.Start());
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReadLogAsync(string id, int tailLines, bool follow, CancellationToken ct) =>
        (_logs.Find(id) ?? throw new ServiceException(id, ServiceProblem.Unknown, "no such log")).ReadAsync(tailLines, follow, ct);

    /// <summary>From here on no service is started any more, whoever asks: the runners look at it with each step they take.</summary>
    public void DenyStarts() => _startsDenied = true;

    /// <summary>Stops services, each after those that depend on it; returns when they are down.</summary>
    /// <param name="which">By their spec.</param>
    /// <param name="ct">Gives up waiting.</param>
    public Task StopWhereAsync(Func<string, ServiceSpec, bool> which, CancellationToken ct) =>
        StopManyAsync([.. _runners.Where(r => which(r.Key, r.Value.Spec)).Select(r => r.Key)], ct);

    async Task IServiceDependencies.WaitAsync(ServiceSpec spec, Action<string> waiting, CancellationToken ct)
    {
        string told = "";
        while (true)
        {
            Task changed = Volatile.Read(ref _changed).Task;
            List<string> services = [.. spec.DependsOn.Where(d => Find(d) is not { IsUp: true }).Select(d => $"service \"{d}\" to be up")];
            List<string> paths = [.. spec.WaitForPaths.Where(p => !Path.Exists(p)).Select(p => $"{p} to exist")];
            if (services.Count + paths.Count == 0)
            {
                return;
            }

            string missing = "Waiting for " + string.Join(", ", [.. services, .. paths]);
            if (missing != told)
            {
                waiting(missing);
                told = missing;
            }

            TimeSpan poll = paths.Count == 0 ? Timeout.InfiniteTimeSpan : PathPoll;
            await changed.WaitAsync(poll, _time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            ct.ThrowIfCancellationRequested();
        }
    }

    private static bool IsDown(ServiceInfo info) =>
        info.State is ServiceState.Initialized or ServiceState.Finished or ServiceState.Failed or ServiceState.Skipped;

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Specs come, go and change while services are being stopped: from here on only this list is looked at.</summary>
    private List<StoppingService> Snapshot() => [.. _runners.Select(r => new StoppingService(r.Key, r.Value, r.Value.Spec.DependsOn))];

    private static List<StoppingService> StopOrder(List<StoppingService> known, IEnumerable<string> ids)
    {
        Dictionary<string, StoppingService> services = known.ToDictionary(s => s.Id);
        return [.. ServiceOrder.ToStop(ids, services.ToDictionary(s => s.Key, s => (IReadOnlyList<string>)[.. s.Value.DependsOn])).Select(id => services[id])];
    }

    private async Task StopManyAsync(IReadOnlyCollection<string> ids, CancellationToken ct)
    {
        List<(StoppingService Service, Task Stopped)> stopping = [];
        foreach (StoppingService service in StopOrder(Snapshot(), ids))
        {
            List<Task> dependents = [.. stopping.Where(s => s.Service.DependsOn.Contains(service.Id)).Select(s => s.Stopped)];
            stopping.Add((service, StopAfterAsync(service, dependents, ct)));
        }

        await Task.WhenAll(stopping.Select(s => s.Stopped));
    }

    private async Task StopAfterAsync(StoppingService service, List<Task> dependents, CancellationToken ct)
    {
        await Task.WhenAll(dependents);
        while (true)
        {
            Task changed = Volatile.Read(ref _changed).Task;
            bool gone = !_runners.TryGetValue(service.Id, out ServiceRunner? known) || known != service.Runner;
            if (gone || IsDown(service.Runner.Info))
            {
                return;
            }

            service.Runner.Post(new ServiceInput.Stop());
            await changed.WaitAsync(ct);
        }
    }

    private void RefuseWhenGoingDown(string id)
    {
        if (_startsDenied)
        {
            throw new ServiceException(id, ServiceProblem.Refused, "the node is going down");
        }
    }

    private ServiceRunner Get(string id)
    {
        if (_runners.TryGetValue(id, out ServiceRunner? runner))
        {
            return runner;
        }

        throw _ownServices.ContainsKey(id)
            ? new ServiceException(id, ServiceProblem.Refused, "it is the first process of the node")
            : new ServiceException(id, ServiceProblem.Unknown, "no such service");
    }

    private async Task RunAsync(string id, ServiceRunner runner)
    {
        try
        {
            using (runner)
            {
                await runner.RunAsync(CancellationToken.None);
            }
        }
        catch (Exception e)
        {
            LogRunnerFailed(id, e);
        }
    }

    /// <summary>Who listens must not be able to end the supervision of a service by failing.</summary>
    private void OnChanged(ServiceInfo info)
    {
        Try(info.Id, () => _events.Changed(info));
        Pulse();
        foreach (Action listener in Delegate.EnumerateInvocationList(Changed))
        {
            Try(info.Id, listener);
        }
    }

    private void Pulse() => Interlocked.Exchange(ref _changed, NewSignal()).TrySetResult();

    private void Try(string id, Action listener)
    {
        try
        {
            listener();
        }
        catch (Exception e)
        {
            LogListenerFailed(id, e);
        }
    }

    private sealed record StoppingService(string Id, ServiceRunner Runner, ValueList<string> DependsOn);

    [LoggerMessage(LogLevel.Error, "Telling of a change of service {Service} failed")]
    private partial void LogListenerFailed(string service, Exception exception);

    [LoggerMessage(LogLevel.Critical, "Supervision of service {Service} ended")]
    private partial void LogRunnerFailed(string service, Exception exception);
}
