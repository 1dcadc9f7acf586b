using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using MQTTnet.Channel;

namespace Talos.Fleet.Hub.Identity;

/// <summary>Connects to a broker: TLS is begun here, since the client would have addresses in the broker's certificate asked.</summary>
/// <param name="tls">How; gives the options for a host.</param>
internal sealed class FleetStreams(Func<string, SslClientAuthenticationOptions> tls) : IMqttClientStreamProvider
{
    /// <inheritdoc/>
    public async Task<Stream> ConnectAsync(EndPoint brokerEndPoint, CancellationToken cancellationToken)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        SslStream? stream = null;
        try
        {
            await socket.ConnectAsync(brokerEndPoint, cancellationToken);
            stream = new SslStream(new NetworkStream(socket, ownsSocket: true), leaveInnerStreamOpen: false);
            string host = brokerEndPoint is DnsEndPoint named ? named.Host : ((IPEndPoint)brokerEndPoint).Address.ToString();
            await stream.AuthenticateAsClientAsync(tls(host), cancellationToken);
            return stream;
        }
        catch
        {
            if (stream is not null)
            {
                await stream.DisposeAsync();
            }

            socket.Dispose();
            throw;
        }
    }
}
