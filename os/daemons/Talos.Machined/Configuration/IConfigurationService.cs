using Talos.Config;
using Talos.Rpc.Authorization;

namespace Talos.Machined.Configuration;

/// <summary>The node's machine config: loaded at boot, changed over the API.</summary>
internal interface IConfigurationService : IAdmissionSource
{
    /// <summary>The config in effect; null while the node has none.</summary>
    MachineConfiguration? Active { get; }

    /// <summary>Loads the config from STATE, which is mounted, and publishes it. Call it once, at boot.</summary>
    /// <remarks>
    /// A config that cannot be used is reported as event and the last good one is taken. With no file at all the node is in maintenance;
    /// with files that cannot be used it is not, for it is somebody's.
    /// </remarks>
    Task<ConfigSource> LoadAsync(CancellationToken ct);

    /// <summary>Ends when the node has a config with a machine type: at once, or after the apply that brings it.</summary>
    Task WaitUntilConfiguredAsync(CancellationToken ct);

    /// <summary>Checks and applies a config. When the outcome says reboot, the caller starts that sequence.</summary>
    /// <exception cref="ConfigException">The config is refused; nothing has changed.</exception>
    /// <exception cref="ApplyInProgressException">Another apply is at work.</exception>
    Task<ApplyOutcome> ApplyAsync(ApplyOptions options, CancellationToken ct);
}
