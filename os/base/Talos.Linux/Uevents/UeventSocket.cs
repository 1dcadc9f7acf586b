
namespace Talos.Linux;

/// <summary>Receives the events of kernel objects.</summary>
/// <remarks>Source: netlink(7), NETLINK_KOBJECT_UEVENT; group 1 is the kernel's, only the initial network namespace hears it all.</remarks>
public sealed class UeventSocket : IDisposable
{
    private const int BurstRoom = 4 * 1024 * 1024;

    private readonly NetlinkSocket _socket;
    private readonly byte[] _buffer = new byte[16 * 1024];

    private UeventSocket(NetlinkSocket socket) => _socket = socket;

    /// <summary>Starts to listen.</summary>
    public static UeventSocket Open()
    {
        NetlinkSocket socket = NetlinkSocket.Open(NetlinkConstants.NETLINK_KOBJECT_UEVENT, groups: 1);
        socket.SetReceiveBuffer(BurstRoom);
        return new UeventSocket(socket);
    }

    /// <summary>Waits for the next event.</summary>
    /// <param name="limit">How long to wait; at least 1 ms.</param>
    /// <returns>Null when the time passed.</returns>
    /// <exception cref="LinuxException"><see cref="Errno.ENOBUFS"/>: events were lost; walk /sys again.</exception>
    public Uevent? Receive(TimeSpan limit)
    {
        _socket.SetReceiveTimeout(limit < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : limit);
        while (_socket.Receive(_buffer) is { } received)
        {
            if (Uevent.Parse(_buffer.AsSpan(0, received)) is { } uevent)
            {
                return uevent;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
