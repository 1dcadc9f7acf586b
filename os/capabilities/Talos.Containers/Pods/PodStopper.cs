using Grpc.Core;
using Microsoft.Extensions.Logging;
using Talos.Api.Cri.V1;

namespace Talos.Containers.Pods;

/// <summary>Stops pods through the CRI.</summary>
internal sealed partial class PodStopper(RuntimeService.RuntimeServiceClient runtime, TimeProvider time, ILogger<PodStopper> log) : IPodStopper
{
    /// <summary>On top of the grace: for the runtime's own work.</summary>
    private static readonly TimeSpan Overhead = TimeSpan.FromSeconds(20);

    /// <inheritdoc/>
    public async Task<int> StopAllAsync(TimeSpan grace, CancellationToken ct)
    {
        List<PodSandbox> pods;
        try
        {
            ListPodSandboxRequest ready = new() { Filter = new PodSandboxFilter { State = new PodSandboxStateValue() } };
            pods = [.. (await runtime.ListPodSandboxAsync(ready, cancellationToken: ct)).Items];
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.Unavailable)
        {
            LogNoRuntime(e.Status.Detail);
            return 0;
        }

        ListContainersRequest running = new()
        {
            Filter = new ContainerFilter { State = new ContainerStateValue { State = ContainerState.ContainerRunning } },
        };
        ILookup<string, Container> containers =
            (await runtime.ListContainersAsync(running, cancellationToken: ct)).Containers.ToLookup(c => c.PodSandboxId);

        HashSet<string> inNodeNetwork = [];
        foreach (PodSandbox pod in pods)
        {
            if (await IsInNodeNetworkAsync(pod, ct))
            {
                inNodeNetwork.Add(pod.Id);
            }
        }

        int stopped = 0;
        foreach (bool node in new[] { false, true })
        {
            bool[] results = await Task.WhenAll(pods
                .Where(pod => inNodeNetwork.Contains(pod.Id) == node)
                .Select(pod => StopAsync(pod, containers[pod.Id], grace, ct)));
            stopped += results.Count(done => done);
        }

        return stopped;
    }

    private async Task<bool> StopAsync(PodSandbox pod, IEnumerable<Container> containers, TimeSpan grace, CancellationToken ct)
    {
        // By the monotonic clock: a gRPC deadline is a date.
        using CancellationTokenSource over = new((grace + Overhead) * 2, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, ct);
        try
        {
            await Task.WhenAll(containers.Select(container => runtime.StopContainerAsync(
                new StopContainerRequest { ContainerId = container.Id, Timeout = (long)Math.Ceiling(grace.TotalSeconds) },
                cancellationToken: either.Token).ResponseAsync));
            await runtime.StopPodSandboxAsync(new StopPodSandboxRequest { PodSandboxId = pod.Id }, cancellationToken: either.Token);
            LogStopped(pod.Metadata.Namespace, pod.Metadata.Name);
            return true;
        }
        catch (RpcException e) when (e.StatusCode is not StatusCode.Cancelled || !ct.IsCancellationRequested)
        {
            LogNotStopped(pod.Metadata.Namespace, pod.Metadata.Name, e.Status.Detail);
            return false;
        }
    }

    private async Task<bool> IsInNodeNetworkAsync(PodSandbox pod, CancellationToken ct)
    {
        try
        {
            PodSandboxStatusResponse status = await runtime.PodSandboxStatusAsync(
                new PodSandboxStatusRequest { PodSandboxId = pod.Id }, cancellationToken: ct);
            return status.Status.Linux?.Namespaces?.Options?.Network is NamespaceMode.Node;
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.NotFound)
        {
            return false;
        }
    }

    [LoggerMessage(LogLevel.Information, "Pod {Namespace}/{Name} stopped")]
    private partial void LogStopped(string @namespace, string name);

    [LoggerMessage(LogLevel.Warning, "Pod {Namespace}/{Name} not stopped: {Problem}")]
    private partial void LogNotStopped(string @namespace, string name, string problem);

    [LoggerMessage(LogLevel.Information, "No container runtime, so no pods to stop: {Problem}")]
    private partial void LogNoRuntime(string problem);
}
