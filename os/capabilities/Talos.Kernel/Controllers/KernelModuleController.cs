using Microsoft.Extensions.Logging;
using Talos.Cosi;
using Talos.Kernel.Ports;
using Talos.Resources.Kernel;

namespace Talos.Kernel.Controllers;

/// <summary>Loads the wanted kernel modules with what they need. A module no longer wanted stays loaded until the next boot.</summary>
internal sealed partial class KernelModuleController(IModuleLoader loader, ILogger<KernelModuleController> log) : IController
{
    public string Name => "kernel.KernelModuleController";

    public IReadOnlyList<ControllerInput> Inputs { get; } = [ControllerInput.Weak<KernelModuleSpec>()];

    public IReadOnlyList<ControllerOutput> Outputs { get; } = [ControllerOutput.Exclusive<KernelModuleStatus>()];

    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        List<string> ids = [];
        foreach (Resource<KernelModuleSpec> wanted in context.List<KernelModuleSpec>())
        {
            ids.Add(wanted.Id);
            if (context.Find<KernelModuleStatus>(wanted.Id) is not { Spec.State: "Live" })
            {
                await context.WriteAsync(wanted.Id, Load(wanted.Spec), ct);
            }
        }

        await context.KeepOnlyAsync<KernelModuleStatus>(ids, ct);
    }

    private KernelModuleStatus Load(KernelModuleSpec wanted)
    {
        if (loader.Index.IsBuiltIn(wanted.Name))
        {
            return new KernelModuleStatus { Type = "builtin", State = "Live" };
        }

        if (loader.Index.FilesFor(wanted.Name) is not { } files)
        {
            LogFailed(wanted.Name, "there is no such module");
            return new KernelModuleStatus { Type = "loadable", State = "there is no such module" };
        }

        try
        {
            for (int i = 0; i < files.Count; i++)
            {
                loader.Load(files[i], i == files.Count - 1 ? string.Join(' ', wanted.Parameters) : "");
            }
        }
        catch (IOException e)
        {
            LogFailed(wanted.Name, e.Message);
            return new KernelModuleStatus { Type = "loadable", State = e.Message };
        }

        LogLoaded(wanted.Name);
        return new KernelModuleStatus { Type = "loadable", State = "Live" };
    }

    [LoggerMessage(LogLevel.Information, "Kernel module {Module} loaded")]
    private partial void LogLoaded(string module);

    [LoggerMessage(LogLevel.Warning, "Kernel module {Module} is not loaded: {Problem}")]
    private partial void LogFailed(string module, string problem);
}
