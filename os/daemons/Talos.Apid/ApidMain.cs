using System.Runtime.InteropServices;
using Talos.Apid.Hosting;
using Talos.Linux;
using Talos.Rpc.Hosting;

namespace Talos.Apid;

/// <summary>The daemon that clients talk to: TLS, roles, and the way to the right node.</summary>
public static class ApidMain
{
    /// <summary>Runs until SIGTERM or SIGINT.</summary>
    /// <param name="args">See <see cref="ApidOptions.Parse"/>; none on a node.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        using CancellationTokenSource stop = new();
        using var onTerm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var onInt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var logging = StreamLoggerProvider.StandardOutput();

        await using ApidServer server = await ApidServer.StartAsync(ApidOptions.Parse(args), TimeProvider.System, logging, stop.Token);
        Task trim = OwnMemory.TrimAsync(TimeProvider.System, stop.Token);
        await server.WaitAsync(stop.Token);
        await stop.CancelAsync();
        await trim;
        return 0;

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }
}
