using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Talos.Resources.Runtime;

namespace Talos.Services.Ports;

/// <summary>Asks through sockets and files.</summary>
internal sealed class SocketHealthProbe : IHealthProbe
{
    public async Task<string?> ProbeAsync(ServiceHealthCheck check, CancellationToken ct)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TimeSpan.FromSeconds(Math.Max(1, check.TimeoutSeconds)));
        try
        {
            return await AskAsync(check, limit.Token);
        }
        catch (Exception e) when (e is SocketException or IOException or UriFormatException or FormatException)
        {
            return $"{check.Target}: {e.Message}";
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return $"{check.Target}: no answer within {check.TimeoutSeconds} s";
        }
    }

    private static async Task<string?> AskAsync(ServiceHealthCheck check, CancellationToken ct)
    {
        switch (check.Kind)
        {
            case ServiceHealthKind.File:
                return Path.Exists(check.Target) ? null : $"{check.Target}: not there yet";

            case ServiceHealthKind.UnixSocket:
                using (await ConnectAsync(new UnixDomainSocketEndPoint(check.Target), ProtocolType.Unspecified, ct))
                {
                    return null;
                }

            case ServiceHealthKind.Tcp:
                using (await ConnectAsync(IPEndPoint.Parse(check.Target), ProtocolType.Tcp, ct))
                {
                    return null;
                }

            case ServiceHealthKind.Http:
                return await GetAsync(new Uri(check.Target), ct);

            default:
                return null;
        }
    }

    private static async Task<Socket> ConnectAsync(EndPoint endPoint, ProtocolType protocol, CancellationToken ct)
    {
        Socket socket = new(endPoint.AddressFamily, SocketType.Stream, protocol);
        try
        {
            await socket.ConnectAsync(endPoint, ct);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A GET by hand: an HTTP client would cost memory that PID 1 does not have to spare.</summary>
    private static async Task<string?> GetAsync(Uri url, CancellationToken ct)
    {
        IPEndPoint endPoint = new(IPAddress.Parse(url.Host == "localhost" ? "127.0.0.1" : url.Host), url.Port);
        using Socket socket = await ConnectAsync(endPoint, ProtocolType.Tcp, ct);
        byte[] request = Encoding.ASCII.GetBytes($"GET {url.PathAndQuery} HTTP/1.0\r\nHost: {url.Authority}\r\n\r\n");
        await socket.SendAsync(request, ct);

        byte[] start = new byte[12];
        int length = 0;
        while (length < start.Length)
        {
            int read = await socket.ReceiveAsync(start.AsMemory(length), ct);
            if (read == 0)
            {
                return $"{url}: connection closed before an answer";
            }

            length += read;
        }

        bool isStatus = int.TryParse(start.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out int status);
        return isStatus && status is >= 200 and < 400 ? null : $"{url}: answered \"{Encoding.ASCII.GetString(start)}\"";
    }
}
