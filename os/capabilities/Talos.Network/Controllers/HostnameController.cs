using Microsoft.Extensions.Logging;
using Talos.Cosi;
using Talos.Network.Ports;
using Talos.Resources.Network;

namespace Talos.Network.Controllers;

/// <summary>Applies <see cref="HostnameSpec"/> to the kernel and reports it as <see cref="HostnameStatus"/>.</summary>
internal sealed partial class HostnameController(INodeFiles files, ILogger<HostnameController> log) : IController
{
    public string Name => "network.HostnameController";

    public IReadOnlyList<ControllerInput> Inputs { get; } = [ControllerInput.Strong<HostnameSpec>()];

    public IReadOnlyList<ControllerOutput> Outputs { get; } = [ControllerOutput.Exclusive<HostnameStatus>()];

    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        foreach (Resource<HostnameSpec> wanted in context.List<HostnameSpec>())
        {
            if (wanted.Phase is ResourcePhase.TearingDown)
            {
                await context.DestroyAsync<HostnameStatus>(wanted.Id, ct);
                await context.RemoveFinalizerAsync(wanted, ct);
                continue;
            }

            await context.AddFinalizerAsync(wanted, ct);
            Apply(wanted.Spec.Hostname);
            await context.WriteAsync(wanted.Id, new HostnameStatus { Hostname = wanted.Spec.Hostname, Domainname = wanted.Spec.Domainname }, ct);
        }
    }

    private void Apply(string hostname)
    {
        if (files.Hostname != hostname)
        {
            files.Hostname = hostname;
            LogApplied(hostname);
        }
    }

    [LoggerMessage(LogLevel.Information, "Hostname set to {Hostname}")]
    private partial void LogApplied(string hostname);
}
