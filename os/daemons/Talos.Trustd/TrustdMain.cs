using System.Net;
using System.Runtime.InteropServices;
using Talos.Linux;
using Talos.Rpc.Hosting;
using Talos.Rpc.Tls;

namespace Talos.Trustd;

/// <summary>The daemon that gives nodes of the cluster their certificates.</summary>
public static class TrustdMain
{
    /// <summary>Port of trustd on every control plane node.</summary>
    public const int Port = 50001;

    /// <summary>Runs until SIGTERM or SIGINT.</summary>
    /// <param name="args">Where to listen and the file of secrets, in this order; none on a node.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        using CancellationTokenSource stop = new();
        using var onTerm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var onInt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var logging = StreamLoggerProvider.StandardOutput();

        IPEndPoint listen = args.Length > 0 ? IPEndPoint.Parse(args[0]) : new IPEndPoint(IPAddress.IPv6Any, Port);
        string secrets = args.Length > 1 ? args[1] : TrustdSecrets.DefaultPath;
        await using TrustdServer server = await TrustdServer.StartAsync(listen, secrets, TimeProvider.System, logging, stop.Token);
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
