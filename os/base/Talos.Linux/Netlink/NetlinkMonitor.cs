using System.Net.Sockets;
using static Talos.Linux.NetlinkConstants;

namespace Talos.Linux;

/// <summary>What a <see cref="NetlinkMonitor"/> hears of.</summary>
/// <remarks>Source: linux/rtnetlink.h, RTMGRP_*.</remarks>
[Flags]
public enum NetlinkGroups
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Links (RTMGRP_LINK).</summary>
    Links = 0x1,

    /// <summary>IPv4 addresses (RTMGRP_IPV4_IFADDR).</summary>
    IPv4Addresses = 0x10,

    /// <summary>IPv4 routes (RTMGRP_IPV4_ROUTE).</summary>
    IPv4Routes = 0x40,

    /// <summary>IPv6 addresses (RTMGRP_IPV6_IFADDR).</summary>
    IPv6Addresses = 0x100,

    /// <summary>IPv6 routes (RTMGRP_IPV6_ROUTE).</summary>
    IPv6Routes = 0x400,
}

/// <summary>Tells that links, addresses or routes changed; what they are now is read with <see cref="RouteNetlink"/>.</summary>
public sealed class NetlinkMonitor : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[16 * 1024];

    private NetlinkMonitor(Socket socket) => _socket = socket;

    /// <summary>Starts to listen; changes from now on are not missed.</summary>
    public static NetlinkMonitor Open(NetlinkGroups groups)
    {
        NetlinkSocket socket = NetlinkSocket.Open(NETLINK_ROUTE, (uint)groups);
        nint fd = socket.DangerousGetHandle();
        socket.SetHandleAsInvalid();
        return new NetlinkMonitor(new Socket(new SafeSocketHandle(fd, ownsHandle: true)));
    }

    /// <summary>Returns after the next change, or after several that came together.</summary>
    public async Task WaitAsync(CancellationToken ct)
    {
        await ReceiveAsync(ct).ConfigureAwait(false);

        // Netlink has no FIONREAD, so Socket.Available fails on it.
        while (_socket.Poll(TimeSpan.Zero, SelectMode.SelectRead))
        {
            await ReceiveAsync(ct).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private async Task ReceiveAsync(CancellationToken ct)
    {
        try
        {
            await _socket.ReceiveAsync(_buffer, ct).ConfigureAwait(false);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.NoBufferSpaceAvailable or SocketError.MessageSize)
        {
            // Messages were lost: that is a change like any other, the caller reads everything anew.
        }
    }
}
