using Talos.Cosi;
using Talos.Resources.Network;

namespace Talos.Network.Controllers;

/// <summary>Reports the DNS and time servers in force.</summary>
internal sealed class ServersController : IController
{
    public string Name => "network.ServersController";

    public IReadOnlyList<ControllerInput> Inputs { get; } = [ControllerInput.Weak<ResolverSpec>(), ControllerInput.Weak<TimeServerSpec>()];

    public IReadOnlyList<ControllerOutput> Outputs { get; } =
        [ControllerOutput.Exclusive<ResolverStatus>(), ControllerOutput.Exclusive<TimeServerStatus>()];

    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        if (context.Find<ResolverSpec>(ResolverSpec.Id) is { Phase: ResourcePhase.Running, Spec: { } resolvers })
        {
            ResolverStatus status = new() { DnsServers = resolvers.DnsServers, SearchDomains = resolvers.SearchDomains };
            await context.WriteAsync(ResolverSpec.Id, status, ct);
        }
        else
        {
            await context.DestroyAsync<ResolverStatus>(ResolverSpec.Id, ct);
        }

        if (context.Find<TimeServerSpec>(TimeServerSpec.Id) is { Phase: ResourcePhase.Running, Spec: { } time })
        {
            await context.WriteAsync(TimeServerStatus.Id, new TimeServerStatus { TimeServers = time.TimeServers }, ct);
        }
        else
        {
            await context.DestroyAsync<TimeServerStatus>(TimeServerStatus.Id, ct);
        }
    }
}
