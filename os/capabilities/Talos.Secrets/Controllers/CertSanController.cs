using System.Net;
using Talos.Cosi;
using Talos.Resources.Config;
using Talos.Resources.Network;
using Talos.Resources.Secrets;
using Talos.Secrets.Rules;

namespace Talos.Secrets.Controllers;

/// <summary>Collects the names and addresses for which the API's certificate is good.</summary>
internal sealed class CertSanController : IController
{
    /// <inheritdoc/>
    public string Name => "secrets.CertSanController";

    /// <inheritdoc/>
    public IReadOnlyList<ControllerInput> Inputs { get; } =
        [ControllerInput.Weak<MachineConfig>(), ControllerInput.Weak<HostnameStatus>(), ControllerInput.Weak<NodeAddress>()];

    /// <inheritdoc/>
    public IReadOnlyList<ControllerOutput> Outputs { get; } = [ControllerOutput.Exclusive<CertSan>()];

    /// <inheritdoc/>
    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        IEnumerable<string> hostnames = context.List<HostnameStatus>().SelectMany(h => (string[])[h.Spec.Hostname, h.Spec.FullName]);
        IEnumerable<IPAddress> addresses = context.List<NodeAddress>().SelectMany(a => a.Spec.Addresses).Select(p => p.Address);
        await context.WriteAsync(CertSan.Api, Names.Of(ActiveConfig.Find(context), hostnames, addresses), ct);
    }
}
