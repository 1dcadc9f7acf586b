using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Talos.Ota.Engine.Tests.Sources;

/// <summary>One request as it came: its number from 1 on, and the range, or the whole file.</summary>
internal sealed record RawRequest(int Number, bool HasRange, int From, int To);

/// <summary>An answer byte by byte; the connection ends behind it.</summary>
internal sealed record RawAnswer(string Head, ReadOnlyMemory<byte> Body);

/// <summary>An HTTP server on a bare socket, whose every answer a test writes itself.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<RawRequest, RawAnswer> _answer;
    private readonly int _length;
    private readonly Task _serving;

    public RawServer(int length, Func<RawRequest, RawAnswer> answer)
    {
        (_length, _answer) = (length, answer);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _serving = ServeAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}/talos.bundle");

    public int Requests { get; private set; }

    public long SentBytes { get; private set; }

    /// <summary>A part with all that belongs to it, and what a test changes of it.</summary>
    public static RawAnswer Part(byte[] file, RawRequest request, string more = "", int? cut = null) => new(
        $"HTTP/1.1 206 Partial Content\r\nContent-Length: {request.To - request.From + 1}\r\nContent-Range: bytes {request.From}-{request.To}/{file.Length}\r\n{more}",
        file.AsMemory(request.From, Math.Min(cut ?? int.MaxValue, request.To - request.From + 1)));

    /// <summary>The whole file, as from a server without ranges.</summary>
    public static RawAnswer Whole(byte[] file, string more = "", int? cut = null) =>
        new($"HTTP/1.1 200 OK\r\nContent-Length: {file.Length}\r\n{more}", file.AsMemory(0, Math.Min(cut ?? int.MaxValue, file.Length)));

    public static RawAnswer Text(string status, string type, string text) =>
        new($"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {text.Length}\r\n", Encoding.ASCII.GetBytes(text));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            using Socket client = await _listener.AcceptAsync(_stop.Token);
            try
            {
                RawRequest request = await ReadAsync(client);
                RawAnswer answer = _answer(request);
                await client.SendAsync(Encoding.ASCII.GetBytes(answer.Head + "Connection: close\r\n\r\n"), _stop.Token);
                for (ReadOnlyMemory<byte> left = answer.Body; left.Length > 0;)
                {
                    int sent = await client.SendAsync(left, _stop.Token);
                    SentBytes += sent;
                    left = left[sent..];
                }

                client.Shutdown(SocketShutdown.Send);
            }
            catch (SocketException)
            {
                // The client had enough.
            }
        }
    }

    private async Task<RawRequest> ReadAsync(Socket client)
    {
        byte[] buffer = new byte[8192];
        int have = 0;
        while (!Encoding.ASCII.GetString(buffer, 0, have).Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            int read = await client.ReceiveAsync(buffer.AsMemory(have), _stop.Token);
            have += read > 0 ? read : throw new SocketException((int)SocketError.ConnectionReset);
        }

        string? range = Encoding.ASCII.GetString(buffer, 0, have).Split("\r\n").FirstOrDefault(l => l.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase));
        string[] ends = range?["Range: bytes=".Length..].Split('-') ?? ["0", ""];
        int to = ends[1].Length > 0 ? int.Parse(ends[1], CultureInfo.InvariantCulture) : int.MaxValue;
        return new RawRequest(++Requests, range is not null, int.Parse(ends[0], CultureInfo.InvariantCulture), Math.Min(to, _length - 1));
    }
}
