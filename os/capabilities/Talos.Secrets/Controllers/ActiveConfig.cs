using Talos.Config;
using Talos.Cosi;
using Talos.Resources.Config;

namespace Talos.Secrets.Controllers;

/// <summary>The config in effect.</summary>
internal static class ActiveConfig
{
    /// <summary>Null while the node has none.</summary>
    public static MachineConfiguration? Find(IControllerContext context) =>
        context.Find<MachineConfig>(MachineConfig.ActiveId) is { Phase: ResourcePhase.Running } config
            ? ConfigReader.Parsed(config.Spec.Yaml)
            : null;
}
