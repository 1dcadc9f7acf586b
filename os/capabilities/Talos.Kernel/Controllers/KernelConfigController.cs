using Talos.Config;
using Talos.Cosi;
using Talos.Kernel.Rules;
using Talos.Resources.Config;
using Talos.Resources.Kernel;

namespace Talos.Kernel.Controllers;

/// <summary>Takes kernel parameters and modules out of the machine config.</summary>
internal sealed class KernelConfigController : IController
{
    public string Name => "kernel.KernelConfigController";

    public IReadOnlyList<ControllerInput> Inputs { get; } = [ControllerInput.Weak<MachineConfig>()];

    public IReadOnlyList<ControllerOutput> Outputs { get; } =
        [ControllerOutput.Exclusive<KernelParamSpec>(), ControllerOutput.Exclusive<KernelModuleSpec>()];

    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        Dictionary<string, KernelParamSpec> parameters = [];
        Dictionary<string, KernelModuleSpec> modules = [];
        if (context.Find<MachineConfig>(MachineConfig.ActiveId) is { Phase: ResourcePhase.Running } config)
        {
            Read(ConfigReader.Parse(config.Spec.Yaml), parameters, modules);
        }

        foreach ((string id, KernelParamSpec spec) in parameters)
        {
            await context.WriteAsync(id, spec, ct);
        }

        foreach ((string id, KernelModuleSpec spec) in modules)
        {
            await context.WriteAsync(id, spec, ct);
        }

        await context.KeepOnlyAsync<KernelParamSpec>(parameters.Keys, ct);
        await context.KeepOnlyAsync<KernelModuleSpec>(modules.Keys, ct);
    }

    private static void Read(
        MachineConfiguration config, Dictionary<string, KernelParamSpec> parameters, Dictionary<string, KernelModuleSpec> modules)
    {
        foreach ((string name, string value) in config.Sysctls)
        {
            parameters[ParamPath.SysctlPrefix + name] = new KernelParamSpec { Value = value };
        }

        foreach ((string name, string value) in config.Sysfs)
        {
            parameters[ParamPath.SysfsPrefix + name] = new KernelParamSpec { Value = value };
        }

        foreach (KernelModuleConfiguration module in config.KernelModules)
        {
            modules[module.Name] = new KernelModuleSpec { Name = module.Name, Parameters = [.. module.Parameters] };
        }
    }
}
