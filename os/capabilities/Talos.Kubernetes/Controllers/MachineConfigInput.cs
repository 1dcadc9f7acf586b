using Talos.Config;
using Talos.Cosi;
using Talos.Resources.Config;

namespace Talos.Kubernetes.Controllers;

/// <summary>The machine config in effect, read.</summary>
internal static class MachineConfigInput
{
    /// <summary>Null in maintenance.</summary>
    public static MachineConfiguration? FindMachine(this IControllerContext context) =>
        context.Find<MachineConfig>(MachineConfig.ActiveId) is { Phase: ResourcePhase.Running } config
        && ConfigReader.Parsed(config.Spec.Yaml) is { IsComplete: true } machine
            ? machine
            : null;
}
