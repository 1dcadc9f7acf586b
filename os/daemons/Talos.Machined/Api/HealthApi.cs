using Grpc.Core;
using Talos.Api.Cluster;
using Talos.Cosi;
using Talos.Resources.Runtime;
using Talos.Rpc.Errors;

namespace Talos.Machined.Api;

/// <summary>Whether this node is well: it tells what it waits for until nothing is missing.</summary>
internal sealed class HealthApi(IState state, TimeProvider time) : ClusterService.ClusterServiceBase
{
    private static readonly TimeSpan DefaultWait = TimeSpan.FromMinutes(20);

    /// <summary>A timer holds 49 days at most.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    public override async Task HealthCheck(
        HealthCheckRequest request, IServerStreamWriter<HealthCheckProgress> responseStream, ServerCallContext context)
    {
        TimeSpan wait = request.WaitTimeout?.ToTimeSpan() is { Ticks: > 0 } asked ? asked : DefaultWait;
        if (wait > LongestWait)
        {
            throw new InvalidRequestException("wait_timeout", $"{wait} is more than {LongestWait}");
        }

        using CancellationTokenSource limit = new(Timeout.InfiniteTimeSpan, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.CancellationToken);
        using IStateWatch watch = state.Watch(
            MachineStatus.Definition.Namespace, MachineStatus.Definition.Type, new WatchOptions { BootstrapContents = true });
        string? told = null;
        bool counting = false;
        try
        {
            await foreach (StateEvent change in watch.ReadAllAsync(ending.Token))
            {
                if (!counting)
                {
                    // The time begins with the first look: whoever waits shortly still learns what is missing.
                    counting = true;
                    limit.CancelAfter(wait);
                }

                if (change.Resource is not Resource<MachineStatus> { Spec: var status })
                {
                    continue;
                }

                string words = Words(status);
                if (words != told)
                {
                    told = words;
                    await responseStream.WriteAsync(new HealthCheckProgress { Message = words }, context.CancellationToken);
                }

                if (IsWell(status))
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !context.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"not well within {wait.TotalSeconds:0} s: {told}");
        }
    }

    internal static string Words(MachineStatus status) => IsWell(status)
        ? "waiting for the node to be ready: OK"
        : $"waiting for the node to be ready: {status.Stage}{string.Concat(status.Status.UnmetConditions.Select(c => $"; {c.Name}: {c.Reason}"))}";

    private static bool IsWell(MachineStatus status) => status.Stage is MachineStage.Running && status.Status.Ready;
}
