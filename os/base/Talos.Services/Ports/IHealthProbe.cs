using Talos.Resources.Runtime;

namespace Talos.Services.Ports;

/// <summary>Asks a service whether it works.</summary>
internal interface IHealthProbe
{
    /// <summary>Asks once.</summary>
    /// <returns>Null when it works, otherwise the problem.</returns>
    Task<string?> ProbeAsync(ServiceHealthCheck check, CancellationToken ct);
}
