using System.Net;
using System.Net.Sockets;

namespace Talos.Fleet.Agent.Tests.Real;

/// <summary>Passes TCP on and counts what passes: bytes of TLS, and how often something was sent.</summary>
internal sealed class CountingProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly CancellationTokenSource _end = new();
    private long _bytes;
    private long _sends;

    public CountingProxy(int target)
    {
        _target = target;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public long Bytes => Interlocked.Read(ref _bytes);

    public long Sends => Interlocked.Read(ref _sends);

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_end.Token);
                _ = PassAsync(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task PassAsync(TcpClient client)
    {
        using (client)
        using (TcpClient server = new())
        {
            await server.ConnectAsync(IPAddress.Loopback, _target);
            await Task.WhenAny(CopyAsync(client.GetStream(), server.GetStream()), CopyAsync(server.GetStream(), client.GetStream()));
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to)
    {
        byte[] buffer = new byte[16384];
        try
        {
            while (await from.ReadAsync(buffer, _end.Token) is > 0 and var length)
            {
                Interlocked.Add(ref _bytes, length);
                Interlocked.Increment(ref _sends);
                await to.WriteAsync(buffer.AsMemory(0, length), _end.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // One side is gone.
        }
    }
}
