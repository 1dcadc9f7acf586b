using Microsoft.Extensions.Logging;
using Talos.Cosi;
using Talos.Kernel.Controllers;
using Talos.Kernel.Ports;

namespace Talos.Kernel;

/// <summary>The room of the kernel's own settings.</summary>
/// <param name="commandLine">The kernel's command line.</param>
/// <param name="loggers">Makes loggers.</param>
public sealed class KernelModule(string commandLine, ILoggerFactory loggers)
{
    /// <summary>Registers the controllers.</summary>
    public void Register(ControllerRuntime controllers)
    {
        ArgumentNullException.ThrowIfNull(controllers);
        controllers.Register(new KernelDefaultsController(commandLine));
        controllers.Register(new KernelConfigController());
        controllers.Register(new KernelParamController(new KernelParamFiles(), loggers.CreateLogger<KernelParamController>()));
        controllers.Register(new KernelModuleController(new ModuleLoader(), loggers.CreateLogger<KernelModuleController>()));
    }
}
