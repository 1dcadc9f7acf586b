using Talos.Cosi;
using Talos.Kernel.Rules;
using Talos.Resources.Kernel;

namespace Talos.Kernel.Controllers;

/// <summary>Publishes the kernel command line and the parameters the system sets by itself.</summary>
internal sealed class KernelDefaultsController(string commandLine) : IController
{
    public string Name => "kernel.KernelDefaultsController";

    public IReadOnlyList<ControllerInput> Inputs { get; } = [];

    public IReadOnlyList<ControllerOutput> Outputs { get; } =
        [ControllerOutput.Exclusive<KernelCmdline>(), ControllerOutput.Exclusive<KernelParamDefaultSpec>()];

    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        await context.WriteAsync(KernelCmdline.Id, new KernelCmdline { Cmdline = commandLine }, ct);
        foreach ((string id, KernelParamDefaultSpec spec) in HardeningParams.All)
        {
            await context.WriteAsync(id, spec, ct);
        }
    }
}
