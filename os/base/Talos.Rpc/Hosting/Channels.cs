using System.Net.Security;
using System.Net.Sockets;
using Grpc.Net.Client;

namespace Talos.Rpc.Hosting;

/// <summary>gRPC channels to a node, as clients open them.</summary>
public static class Channels
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>A channel over TLS to a host and port.</summary>
    /// <param name="host">Name or address; an IPv6 address without brackets.</param>
    /// <param name="port">TCP port.</param>
    /// <param name="tls">See <see cref="Tls.ClientTls"/>.</param>
    public static GrpcChannel Tls(string host, int port, SslClientAuthenticationOptions tls) =>
        Open(new UriBuilder(Uri.UriSchemeHttps, host, port).Uri, new SocketsHttpHandler { SslOptions = tls });

    /// <summary>A channel without TLS to a unix socket.</summary>
    public static GrpcChannel Unix(string path) => Open(new Uri("http://localhost"), UnixHandler(path));

    /// <summary>An HTTP handler all of whose connections go to a unix socket.</summary>
    public static SocketsHttpHandler UnixHandler(string path) => new()
    {
        ConnectCallback = async (_, ct) =>
        {
            Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };

    private static GrpcChannel Open(Uri address, SocketsHttpHandler handler)
    {
        handler.ConnectTimeout = ConnectTimeout;
        handler.EnableMultipleHttp2Connections = true;
        handler.UseProxy = false;
        return GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = GrpcLimits.MaxMessageSize,
            MaxSendMessageSize = GrpcLimits.MaxMessageSize,
        });
    }
}
