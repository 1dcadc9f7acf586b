using System.Net.Sockets;

namespace Talos.Machined.Watchdogs;

/// <summary>Asks the API's server for a sign of life: the settings every HTTP/2 server sends first.</summary>
/// <remarks>Source: RFC 9113, sections 3.4 (preface), 4.1 (frame header of 9 bytes) and 6.5 (SETTINGS, type 4).</remarks>
internal static class ApiPulse
{
    private const int FrameHeader = 9;
    private const byte Settings = 4;

    private static readonly byte[] Preface = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, Settings, 0, 0, 0, 0, 0];

    /// <summary>Ends when the server has answered.</summary>
    /// <param name="socketPath">Its unix socket.</param>
    /// <param name="ct">Ends waiting.</param>
    /// <exception cref="IOException">Something else answered, or nothing.</exception>
    /// <exception cref="SocketException">Nobody listens.</exception>
    public static async Task AskAsync(string socketPath, CancellationToken ct)
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), ct);
        await using NetworkStream stream = new(socket);
        await stream.WriteAsync(Preface, ct);
        byte[] header = new byte[FrameHeader];
        await stream.ReadExactlyAsync(header, ct);
        if (header[3] != Settings)
        {
            throw new IOException($"{socketPath}: a frame of type {header[3]} came where SETTINGS (4) is expected");
        }
    }
}
