using System.Net;
using System.Net.Sockets;

namespace Talos.Testing;

/// <summary>TCP ports of the loopback that nobody uses now.</summary>
public static class LoopbackPorts
{
    public static int Free() => Free(1)[0];

    /// <summary>Each another: none is let go before all are there.</summary>
    public static int[] Free(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        try
        {
            Array.ForEach(listeners, l => l.Start());
            return [.. listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port)];
        }
        finally
        {
            Array.ForEach(listeners, l => l.Dispose());
        }
    }
}
