using System.Net;
using System.Net.Sockets;
using System.Text;
using Talos.Linux;
using Talos.Network.Dhcp;

namespace Talos.Network.Ports;

/// <summary>DHCP on a link of this node, before and after it has an address.</summary>
internal sealed class LinuxDhcpTransport : IDhcpTransport
{
    private const ushort IPv4 = 0x0800;
    private const ushort Arp = 0x0806;
    private const int SOL_SOCKET = 1;
    private const int SO_BINDTODEVICE = 25;
    private const int Probes = 2;
    private static readonly byte[] Everybody = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    private static readonly TimeSpan ProbePause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LinkDownPause = TimeSpan.FromSeconds(1);

    /// <summary>Lets through unfragmented UDP to port 68; offsets count from the IPv4 header.</summary>
    private static readonly FilterInstruction[] ClientPortOnly =
    [
        new(0x30, 0, 0, 9),
        new(0x15, 0, 6, 17),
        new(0x28, 0, 0, 6),
        new(0x45, 4, 0, 0x1fff),
        new(0xb1, 0, 0, 0),
        new(0x48, 0, 0, 2),
        new(0x15, 0, 1, DhcpPacket.ClientPort),
        new(0x06, 0, 0, 0xffff),
        new(0x06, 0, 0, 0),
    ];

    private readonly string _linkName;
    private readonly int _linkIndex;
    private readonly byte[] _hardwareAddress;
    private readonly TimeProvider _time;
    private readonly PacketSocket _packets;
    private readonly byte[] _buffer = new byte[2048];
    private Socket? _unicast;

    public LinuxDhcpTransport(string linkName, int linkIndex, byte[] hardwareAddress, TimeProvider time)
    {
        _linkName = linkName;
        _linkIndex = linkIndex;
        _hardwareAddress = hardwareAddress;
        _time = time;
        _packets = PacketSocket.Open(linkIndex, IPv4, ClientPortOnly);
    }

    public async Task<DhcpMessage> ReceiveAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                int received = await _packets.ReceiveAsync(_buffer, ct).ConfigureAwait(false);
                if (DhcpCodec.Decode(DhcpPacket.Unwrap(_buffer.AsSpan(0, received))) is { IsReply: true } message)
                {
                    return message;
                }
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.NetworkDown)
            {
                await Task.Delay(LinkDownPause, _time, ct).ConfigureAwait(false);
            }
        }
    }

    public void Broadcast(DhcpMessage message)
    {
        try
        {
            _packets.Send(DhcpPacket.Wrap(IPAddress.Any, IPAddress.Broadcast, DhcpCodec.Encode(message)), Everybody);
        }
        catch (LinuxException e) when (e.Error is Errno.ENETDOWN or Errno.ENOBUFS or Errno.EAGAIN)
        {
            // Lost like any packet; the machine sends it again.
        }
    }

    public void Unicast(DhcpMessage message, IPAddress from, IPAddress to)
    {
        try
        {
            // It stays open: without a socket on the port the kernel would refuse the answer to the server.
            _unicast?.Dispose();
            Socket socket = _unicast = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.SetRawSocketOption(SOL_SOCKET, SO_BINDTODEVICE, Encoding.UTF8.GetBytes(_linkName + '\0'));
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(from, DhcpPacket.ClientPort));
            socket.SendTo(DhcpCodec.Encode(message), new IPEndPoint(to, DhcpPacket.ServerPort));
        }
        catch (SocketException)
        {
            // No route or no address any more: lost like any packet; later the machine broadcasts.
        }
    }

    public async Task<bool> ProbeAsync(IPAddress address, CancellationToken ct)
    {
        using PacketSocket arp = PacketSocket.Open(_linkIndex, Arp, []);
        byte[] buffer = new byte[64];
        for (int i = 0; i < Probes; i++)
        {
            arp.Send(ArpPacket.Probe(_hardwareAddress, address), Everybody);
            using CancellationTokenSource pause = new(ProbePause, _time);
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(pause.Token, ct);
            try
            {
                while (true)
                {
                    int received = await arp.ReceiveAsync(buffer, either.Token).ConfigureAwait(false);
                    if (ArpPacket.IsConflict(buffer.AsSpan(0, received), _hardwareAddress, address))
                    {
                        return true;
                    }
                }
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                // Nobody answered in time.
            }
        }

        return false;
    }

    public void Dispose()
    {
        _unicast?.Dispose();
        _packets.Dispose();
    }
}
