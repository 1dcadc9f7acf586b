using System.Collections.Concurrent;
using Talos.Resources.Runtime;
using Talos.Services.Logs;
using Talos.Services.Ports;

namespace Talos.Services.Tests;

internal sealed class RecordedEvents : IServiceEvents
{
    private readonly ConcurrentQueue<ServiceInfo> _all = [];

    public void Changed(ServiceInfo service) => _all.Enqueue(service);

    public IReadOnlyList<ServiceInfo> Of(string id) => [.. _all.Where(s => s.Id == id)];
}

internal sealed class FakeProbe : IHealthProbe
{
    public volatile string? Problem;

    public Task<string?> ProbeAsync(ServiceHealthCheck check, CancellationToken ct) => Task.FromResult(Problem);
}

internal sealed class FakeHost : IProcessHost
{
    private readonly ConcurrentDictionary<string, FakeProcess> _processes = [];
    private readonly ConcurrentQueue<FakeProcess> _all = [];
    private int _pids = 100;

    /// <summary>Processes that were started and have not ended.</summary>
    public int Alive => _all.Count(p => !p.End.IsCompleted);

    public bool Stubborn { get; set; }

    public ConcurrentQueue<string> Launched { get; } = [];

    public ConcurrentQueue<string> Terminated { get; } = [];

    public ConcurrentQueue<string> Killed { get; } = [];

    public FakeProcess Of(string id) => _processes[id];

    public void Prepare(string id, ServiceSpec spec)
    {
    }

    public IServiceProcess Launch(string id, ServiceSpec spec, ServiceLog log)
    {
        FakeProcess process = new(this, id, Interlocked.Increment(ref _pids));
        _all.Enqueue(process);
        Launched.Enqueue(id);
        return _processes[id] = process;
    }
}

internal sealed class FakeProcess(FakeHost host, string id, int pid) : IServiceProcess
{
    private readonly TaskCompletionSource<ProcessEnd> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Pid => pid;

    public Task<ProcessEnd> End => _end.Task;

    public void Ends(string how, bool success) => _end.TrySetResult(new ProcessEnd(success, how));

    public void Terminate()
    {
        host.Terminated.Enqueue(id);
        if (!host.Stubborn)
        {
            Ends("killed by SIGTERM", false);
        }
    }

    public void Kill()
    {
        if (!End.IsCompleted)
        {
            host.Killed.Enqueue(id);
            Ends("killed by SIGKILL", false);
        }
    }
}
