using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Talos.Imager.Tests.Components;

/// <summary>A web server of the loopback that has the files it is given, closes after each answer and remembers what it was asked.</summary>
internal sealed class FileServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();

    public FileServer()
    {
        _listener.Start();
        _ = ServeAsync();
    }

    /// <summary>Contents by absolute path.</summary>
    public ConcurrentDictionary<string, byte[]> Files { get; } = [];

    /// <summary>Paths that were asked for, in order.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    /// <summary>Bytes of a body after which the connection is closed.</summary>
    public int CutAt { get; set; } = int.MaxValue;

    public Uri At(string path) => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/{path}"));

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        CancellationToken ct = _stop.Token;
        try
        {
            while (true)
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync(ct);
                NetworkStream stream = client.GetStream();
                byte[] buffer = new byte[8192];
                int count = await stream.ReadAsync(buffer, ct);
                string path = Encoding.ASCII.GetString(buffer, 0, count).Split(' ')[1];
                Asked.Enqueue(path);
                bool found = Files.TryGetValue(path, out byte[]? body);
                body ??= [];
                await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Create(
                    CultureInfo.InvariantCulture,
                    $"HTTP/1.1 {(found ? "200 OK" : "404 Not Found")}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n")), ct);
                await stream.WriteAsync(body.AsMemory(0, Math.Min(body.Length, CutAt)), ct);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
        {
        }
    }
}
