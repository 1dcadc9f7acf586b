using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Formatter;
using MQTTnet.Implementations;
using MQTTnet.Server;
using Talos.Fleet.Hub.Connections;
using Talos.Fleet.Hub.Identity;

namespace Talos.Fleet.Hub.Messaging;

/// <summary>A connection of the broker.</summary>
internal sealed class BrokerConnection(Socket socket, X509Certificate2 certificate, MeteredStream stream)
{
    public X509Certificate2 Certificate { get; } = certificate;

    /// <summary>Whether the other side does not take what is written.</summary>
    public bool IsStuck => stream.IsWriting;

    /// <summary>Ends it at once.</summary>
    public void Abort() => socket.Dispose();
}

/// <summary>Takes connections for the broker: few without an identity, each with 10 s to show one and to send CONNECT, and no packet that is too large.</summary>
internal sealed partial class BrokerListener(HubOptions options, FleetAuthority authority, ConnectionGate gate, Func<X509Certificate2, bool> trusted, ILogger log) : IMqttServerAdapter
{
    /// <summary>Of CONNECT with a Will.</summary>
    public const int FirstPacket = 8 << 10;

    /// <summary>Of the largest message a node may send, with its topic and properties.</summary>
    public const int LargestPacket = 300 << 10;

    private const int Backlog = 4096;
    private static readonly TimeSpan PauseWithoutDescriptors = TimeSpan.FromMilliseconds(100);
    private readonly ConcurrentDictionary<IMqttChannelAdapter, BrokerConnection> _connections = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly SslStreamCertificateContext _certificate = SslStreamCertificateContext.Create(authority.Server, null, offline: true);
    private Socket? _listener;
    private Task _accepting = Task.CompletedTask;

    public Func<IMqttChannelAdapter, Task>? ClientHandler { get; set; }

    /// <summary>Connections whose client was let in or is being looked at.</summary>
    public IEnumerable<BrokerConnection> Connections => _connections.Values;

    /// <summary>The connection of an adapter; null when it is closed.</summary>
    public BrokerConnection? Find(IMqttChannelAdapter adapter) => _connections.GetValueOrDefault(adapter);

    public Task StartAsync(MqttServerOptions options, IMqttNetLogger logger)
    {
        _listener = Listen();
        _accepting = AcceptAsync(_listener, logger);
        return Task.CompletedTask;
    }

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        _listener?.Dispose();
        await _accepting;
    }

    public void Dispose()
    {
        _listener?.Dispose();
        _stopping.Dispose();
    }

    private Socket Listen()
    {
        IPAddress address = options.Listen.Equals(IPAddress.IPv6Any) && !Socket.OSSupportsIPv6 ? IPAddress.Any : options.Listen;
        Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (address.Equals(IPAddress.IPv6Any))
        {
            socket.DualMode = true;
        }

        socket.Bind(new IPEndPoint(address, options.MqttPort));
        socket.Listen(Backlog);
        return socket;
    }

    private async Task AcceptAsync(Socket listener, IMqttNetLogger logger)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                Socket socket = await listener.AcceptAsync(_stopping.Token);
                if (gate.Enter((socket.RemoteEndPoint as IPEndPoint)?.Address, socket.Dispose) is { } ticket)
                {
                    _ = ServeAsync(socket, ticket, logger);
                }
                else
                {
                    socket.Dispose();
                }
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable)
            {
                // Whatever holds the descriptors: without a pause this loop would use up a processor.
                LogNoDescriptors(gate.Total, e.Message);
                gate.CutOldest(64);
                await Task.Delay(PauseWithoutDescriptors);
            }
            catch (SocketException)
            {
                // It was gone before it was taken.
            }
        }
    }

    private async Task ServeAsync(Socket socket, ConnectionGate.Ticket ticket, IMqttNetLogger logger)
    {
        using (ticket)
        using (socket)
        using (CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token))
        {
            try
            {
                limit.CancelAfter(options.ConnectTimeout);
                await using CancellationTokenRegistration late = limit.Token.UnsafeRegister(static s => ((Socket)s!).Dispose(), socket);
                socket.NoDelay = true;
                EndPoint? remote = socket.RemoteEndPoint;

                // Nothing is set aside for a connection that says nothing.
                await socket.ReceiveAsync(Memory<byte>.Empty, limit.Token);
                await using SslStream tls = new(new NetworkStream(socket, ownsSocket: false), leaveInnerStreamOpen: false);
                await tls.AuthenticateAsServerAsync(Tls(), limit.Token);
                if (tls.RemoteCertificate is X509Certificate2 certificate && ClientHandler is { } handler)
                {
                    MeteredStream stream = new(tls, new PacketMeter(FirstPacket, LargestPacket), () =>
                    {
                        if (ticket.Keep())
                        {
                            limit.CancelAfter(Timeout.InfiniteTimeSpan);
                        }
                    });
                    using MqttChannelAdapter adapter = new(
                        new MqttTcpChannel(stream, socket.LocalEndPoint, remote, certificate), new MqttPacketFormatterAdapter(new MqttBufferWriter(4096, 65535)), logger);
                    _connections[adapter] = new BrokerConnection(socket, certificate, stream);
                    try
                    {
                        await handler(adapter);
                    }
                    finally
                    {
                        _connections.TryRemove(adapter, out _);
                    }
                }
            }
            catch (Exception e)
            {
                // A client that leaves, is refused or is cut off is no event of ours; strangers would fill the log.
                LogEnded(e.Message);
            }
        }
    }

    private SslServerAuthenticationOptions Tls() => new()
    {
        ServerCertificateContext = _certificate,
        ClientCertificateRequired = true,
        EnabledSslProtocols = TlsPolicy.Protocols,
        AllowRenegotiation = false,
        CertificateChainPolicy = TlsPolicy.Trusting([authority.Certificate], TlsPolicy.ClientUse),
        RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is X509Certificate2 c && trusted(c),
    };

    [LoggerMessage(LogLevel.Error, "The broker cannot take connections: {Problem}; {Connections} are open. Raise the limit of open files, or lower --connections")]
    private partial void LogNoDescriptors(int connections, string problem);

    [LoggerMessage(LogLevel.Debug, "A connection of the broker ended: {Problem}")]
    private partial void LogEnded(string problem);
}
