using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MQTTnet.Channel;

namespace Talos.Fleet.Agent;

/// <summary>TCP and TLS to a broker, with TLS as the node speaks it everywhere.</summary>
/// <remarks>The MQTT library's own channel looks at the broker's certificate with downloads on: whoever answers would choose what the node fetches.</remarks>
/// <param name="host">Of the broker.</param>
/// <param name="port">Of the broker.</param>
/// <param name="tls">How TLS is spoken; the name of the host is added.</param>
internal sealed class TlsChannel(string host, int port, SslClientAuthenticationOptions tls) : IMqttChannel
{
    private SslStream? _stream;
    private EndPoint? _remote;

    public X509Certificate2? ClientCertificate => null;

    public bool IsSecureConnection => true;

    public EndPoint? LocalEndPoint { get; private set; }

    public EndPoint? RemoteEndPoint => _remote;

    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, cancellationToken);
            _remote = socket.RemoteEndPoint;
            LocalEndPoint = socket.LocalEndPoint;
            SslStream stream = new(new NetworkStream(socket, ownsSocket: true));
            try
            {
                await stream.AuthenticateAsClientAsync(tls, cancellationToken);
            }
            catch
            {
                await stream.DisposeAsync();
                throw;
            }

            _stream = stream;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public Task DisconnectAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        try
        {
            return _stream is { } stream ? await stream.ReadAsync(buffer.AsMemory(offset, count), cancellationToken) : 0;
        }
        catch (ObjectDisposedException)
        {
            // Closed on our side: the end, as the library expects it.
            return 0;
        }
    }

    public async Task WriteAsync(ReadOnlySequence<byte> buffer, bool isEndOfPacket, CancellationToken cancellationToken)
    {
        SslStream stream = _stream ?? throw new IOException("the connection is closed");
        foreach (ReadOnlyMemory<byte> piece in buffer)
        {
            await stream.WriteAsync(piece, cancellationToken);
        }
    }

    public void Dispose() => Interlocked.Exchange(ref _stream, null)?.Dispose();
}
