using Talos.Apid;
using Talos.Fleet.Agent;
using Talos.Kernel;
using Talos.Linux;
using Talos.Machined.Node;
using Talos.Machined.Stalls;
using Talos.Trustd;
using Talos.Udevd;

namespace Talos.Machined;

/// <summary>One executable, several programs: the name under which it is called decides.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        if (args is [ServiceLauncher.Verb, ..])
        {
            return ServiceLauncher.Run(args);
        }

        switch (Path.GetFileName(Environment.GetCommandLineArgs()[0]))
        {
            case "apid":
                return ApidMain.RunAsync(args).GetAwaiter().GetResult();

            case "trustd":
                return TrustdMain.RunAsync(args).GetAwaiter().GetResult();

            case "udevd":
                return UdevdMain.Run(args);

            case "fleet-agent":
                return FleetAgentMain.RunAsync(args, TimeProvider.System).GetAwaiter().GetResult();

            case StallWatcher.Name:
                return StallWatcher.Run();

            case "modprobe":
                return Modprobe.Run(args);

            default:
                InitProcess.Run();
                return 1;
        }
    }
}
