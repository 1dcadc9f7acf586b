using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Talos.Time.Ntp;
using Talos.Time.Rules;

namespace Talos.Time.Ports;

/// <summary>Asks time servers.</summary>
internal interface INtpServers
{
    /// <summary>Asks one server once.</summary>
    /// <param name="server">Host name or address.</param>
    /// <param name="ct">Ends the wait.</param>
    Task<NtpAnswer> AskAsync(string server, CancellationToken ct);
}

internal sealed class NtpServers(IClock clock, TimeProvider time, int port = NtpServers.DefaultPort) : INtpServers
{
    /// <summary>The port of NTP.</summary>
    public const int DefaultPort = 123;

    private const int MostAddresses = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    public async Task<NtpAnswer> AskAsync(string server, CancellationToken ct)
    {
        NtpAnswer last = new NtpAnswer.Failed(server, "it has no address");
        try
        {
            foreach (IPAddress address in (await Dns.GetHostAddressesAsync(server, ct).ConfigureAwait(false)).Take(MostAddresses))
            {
                last = await AskAsync(server, address, ct).ConfigureAwait(false);
                if (last is not NtpAnswer.Failed && !last.IsStarting)
                {
                    break;
                }
            }
        }
        catch (SocketException e)
        {
            return new NtpAnswer.Failed(server, e.Message);
        }

        return last;
    }

    private async Task<NtpAnswer> AskAsync(string server, IPAddress address, CancellationToken ct)
    {
        using CancellationTokenSource limit = new(Patience, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            using Socket socket = new(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            await socket.ConnectAsync(new IPEndPoint(address, port), either.Token).ConfigureAwait(false);
            ulong cookie = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
            byte[] buffer = new byte[256];

            DateTimeOffset sent = clock.Now;
            long started = time.GetTimestamp();
            await socket.SendAsync(NtpPacket.Request(cookie), either.Token).ConfigureAwait(false);
            while (true)
            {
                int received = await socket.ReceiveAsync(buffer, either.Token).ConfigureAwait(false);
                TimeSpan waited = time.GetElapsedTime(started);
                if (NtpPacket.Read(buffer.AsSpan(0, received)) is { } packet && packet.Originate == cookie)
                {
                    return SampleRules.Judge(server, packet, cookie, sent, waited, ClockRules.Written);
                }
            }
        }
        catch (SocketException e)
        {
            return new NtpAnswer.Failed(server, $"{address}: {e.Message}");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new NtpAnswer.Failed(server, $"{address}: no answer within {Patience.TotalSeconds:F0} s");
        }
    }
}
