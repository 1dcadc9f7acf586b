using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
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
        _ports = new ServiceRunnerPorts(host, probe, this, time, Random.Shared.NextDouble, OnChanged);
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
                if (known.Info.State is not (ServiceState.Finished or ServiceState.Failed) && !_startsDenied)
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
            if (!_startsDenied)
            {
                runner.Post(new ServiceInput.Start());
            }
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
        return true;
    }

    /// <inheritdoc/>
    public void Start(string id)
    {
        ServiceRunner runner = Get(id);
        if (_startsDenied)
        {
            throw new ServiceException(id, ServiceProblem.Refused, "the node is going down");
        }

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
        List<ServiceRunner> running = [.. StopOrder([id]).Select(s => _runners[s]).Where(r => !IsDown(r.Info))];
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

    /// <summary>From here on no service is started any more.</summary>
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
            await changed.WaitAsync(poll, _time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ct.ThrowIfCancellationRequested();
        }
    }

    private static bool IsDown(ServiceInfo info) =>
        info.State is ServiceState.Initialized or ServiceState.Finished or ServiceState.Failed or ServiceState.Skipped;

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task StopManyAsync(IReadOnlyCollection<string> ids, CancellationToken ct)
    {
        Dictionary<string, Task> stopped = [];
        foreach (string id in StopOrder(ids))
        {
            ServiceRunner runner = _runners[id];
            List<Task> dependents = [.. stopped.Where(s => _runners[s.Key].Spec.DependsOn.Contains(id)).Select(s => s.Value)];
            stopped[id] = StopAfterAsync(runner, dependents, ct);
        }

        await Task.WhenAll(stopped.Values);
    }

    private async Task StopAfterAsync(ServiceRunner runner, List<Task> dependents, CancellationToken ct)
    {
        await Task.WhenAll(dependents);
        while (true)
        {
            Task changed = Volatile.Read(ref _changed).Task;
            if (IsDown(runner.Info))
            {
                return;
            }

            runner.Post(new ServiceInput.Stop());
            await changed.WaitAsync(ct);
        }
    }

    private IReadOnlyList<string> StopOrder(IEnumerable<string> ids) =>
        ServiceOrder.ToStop(ids, _runners.ToDictionary(r => r.Key, r => (IReadOnlyList<string>)[.. r.Value.Spec.DependsOn]));

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

    private void OnChanged(ServiceInfo info)
    {
        _events.Changed(info);
        Interlocked.Exchange(ref _changed, NewSignal()).TrySetResult();
        Changed?.Invoke();
    }

    [LoggerMessage(LogLevel.Critical, "Supervision of service {Service} ended")]
    private partial void LogRunnerFailed(string service, Exception exception);
}
