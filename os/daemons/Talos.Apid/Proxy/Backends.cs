using System.Net.Security;
using Talos.Rpc.Hosting;

namespace Talos.Apid.Proxy;

/// <summary>Connections to machined and to the apids of other nodes; shared and kept by the HTTP library.</summary>
internal sealed class Backends(string localSocket, int peerPort) : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromMinutes(1);

    private readonly HttpMessageInvoker _local = new(Tuned(Channels.UnixHandler(localSocket)));
    private readonly Lock _gate = new();
    private HttpMessageInvoker? _peers;
    private SslClientAuthenticationOptions? _peersTls;

    /// <summary>machined on this node.</summary>
    public Backend Local => new("machined", _local, new Uri("http://localhost"));

    /// <summary>apid on another node.</summary>
    public Backend Peer(string target, SslClientAuthenticationOptions tls) =>
        new(target, Peers(tls), new UriBuilder(Uri.UriSchemeHttps, target, peerPort).Uri);

    public void Dispose()
    {
        _local.Dispose();
        _peers?.Dispose();
    }

    // With a new certificate come new connections. The old ones are not closed: calls still run on them, and they
    // end by themselves once idle.
    private HttpMessageInvoker Peers(SslClientAuthenticationOptions tls)
    {
        lock (_gate)
        {
            if (_peers is null || !ReferenceEquals(tls, _peersTls))
            {
                _peersTls = tls;
                SocketsHttpHandler handler = Tuned(new SocketsHttpHandler { SslOptions = tls });
                handler.KeepAlivePingDelay = PingDelay;
                handler.KeepAlivePingTimeout = PingTimeout;
                handler.KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests;
                _peers = new HttpMessageInvoker(handler);
            }

            return _peers;
        }
    }

    private static SocketsHttpHandler Tuned(SocketsHttpHandler handler)
    {
        handler.UseProxy = false;
        handler.UseCookies = false;
        handler.AllowAutoRedirect = false;
        handler.AutomaticDecompression = System.Net.DecompressionMethods.None;
        handler.ActivityHeadersPropagator = null;
        handler.EnableMultipleHttp2Connections = true;
        handler.ConnectTimeout = ConnectTimeout;
        handler.PooledConnectionIdleTimeout = IdleTimeout;
        return handler;
    }
}

/// <summary>Where a call can be sent.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Invoker">Sends it.</param>
/// <param name="Address">Scheme, host and port.</param>
internal sealed record Backend(string Name, HttpMessageInvoker Invoker, Uri Address);
