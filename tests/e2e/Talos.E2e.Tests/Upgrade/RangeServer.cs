using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Talos.Testing;

namespace Talos.E2e.Tests.Upgrade;

/// <summary>Serves one file with ranges; breaks off when told to and refuses connections until it is healed.</summary>
internal sealed class RangeServer : IDisposable
{
    private readonly string _file;
    private readonly int _port;
    private readonly CancellationTokenSource _stop = new();
    private TcpListener _listener;
    private long _served;
    private long _breakAt = long.MaxValue;
    private int _requests;

    public RangeServer(string file)
    {
        _file = file;
        Length = new FileInfo(file).Length;
        _port = LoopbackPorts.Free();
        _listener = Listen();
    }

    public long Length { get; }

    /// <summary>As the emulated machine reaches this host.</summary>
    public string GuestUrl => $"http://10.0.2.2:{_port}/update.bundle";

    public bool Broken { get; private set; }

    public long Served => Interlocked.Read(ref _served);

    public int Requests => _requests;

    /// <summary>Breaks off after so many bytes.</summary>
    public void BreakAfter(long bytes) => _breakAt = bytes;

    /// <summary>Serves again, for good.</summary>
    public void Heal()
    {
        _breakAt = long.MaxValue;
        Broken = false;
        _listener = Listen();
    }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
        _stop.Dispose();
    }

    private TcpListener Listen()
    {
        TcpListener listener = new(IPAddress.Loopback, _port);
        listener.Start();
        _ = AcceptAsync(listener);
        return listener;
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(listener, await listener.AcceptTcpClientAsync(_stop.Token));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Broken off, or at the end.
        }
    }

    private async Task ServeAsync(TcpListener listener, TcpClient client)
    {
        using TcpClient owned = client;
        try
        {
            await using NetworkStream stream = client.GetStream();
            using StreamReader reader = new(stream, Encoding.ASCII, leaveOpen: true);
            while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } request)
            {
                string range = "";
                while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } header)
                {
                    range = header.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase) ? header["Range: bytes=".Length..] : range;
                }

                Interlocked.Increment(ref _requests);
                await AnswerAsync(listener, stream, request.StartsWith("HEAD", StringComparison.Ordinal), range);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The client went away.
        }
    }

    private async Task AnswerAsync(TcpListener listener, NetworkStream stream, bool head, string range)
    {
        string[] ends = range.Split('-');
        long first = range.Length > 0 ? long.Parse(ends[0], CultureInfo.InvariantCulture) : 0;
        long last = range.Length > 0 && ends[1].Length > 0 ? Math.Min(long.Parse(ends[1], CultureInfo.InvariantCulture), Length - 1) : Length - 1;
        string status = range.Length > 0 ? $"206 Partial Content\r\nContent-Range: bytes {first}-{last}/{Length}" : "200 OK";
        string headers = $"HTTP/1.1 {status}\r\nAccept-Ranges: bytes\r\nETag: \"1\"\r\nContent-Length: {last - first + 1}\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(headers), _stop.Token);
        if (head)
        {
            return;
        }

        await using FileStream file = File.OpenRead(_file);
        file.Position = first;
        byte[] buffer = new byte[64 << 10];
        for (long left = last - first + 1; left > 0;)
        {
            int length = await file.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), _stop.Token);
            await stream.WriteAsync(buffer.AsMemory(0, length), _stop.Token);
            left -= length;
            if (Interlocked.Add(ref _served, length) >= _breakAt)
            {
                Broken = true;
                listener.Stop();
                throw new IOException("broken off");
            }
        }
    }
}
