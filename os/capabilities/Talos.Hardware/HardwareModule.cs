using Talos.Cosi;
using Talos.Hardware.Controllers;
using Talos.Hardware.Ports;

namespace Talos.Hardware;

/// <summary>The room of the board's devices.</summary>
public static class HardwareModule
{
    /// <summary>Registers the controllers.</summary>
    public static void Register(ControllerRuntime controllers)
    {
        ArgumentNullException.ThrowIfNull(controllers);
        BoardFiles board = new();
        controllers.Register(new UdevdController());
        controllers.Register(new DevicesStatusController(() => File.Exists(UdevdController.SettledPath)));
        controllers.Register(new BoardController(board));
        controllers.Register(new PciController(board));
    }
}
