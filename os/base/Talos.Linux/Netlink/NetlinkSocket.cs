using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static Talos.Linux.NetlinkConstants;

namespace Talos.Linux;

/// <summary>A netlink socket as the kernel gives it out.</summary>
/// <remarks>Source: netlink(7).</remarks>
internal sealed partial class NetlinkSocket : SafeHandleMinusOneIsInvalid
{
    private const int SOCK_RAW_CLOEXEC = 3 | 0x80000;
    private const int SOL_SOCKET = 1;
    private const int SO_RCVBUF = 8;
    private const int SO_RCVTIMEO = 20;
    private const int MSG_TRUNC = 0x20;

    /// <summary>For the marshaller; use <see cref="Open"/>.</summary>
    public NetlinkSocket() : base(ownsHandle: true) { }

    /// <summary>Opens a socket that hears <paramref name="groups"/>, a mask of multicast groups.</summary>
    public static NetlinkSocket Open(int protocol, uint groups)
    {
        NetlinkSocket socket = OpenSocket(AF_NETLINK, SOCK_RAW_CLOEXEC, protocol);
        if (socket.IsInvalid)
        {
            throw LinuxException.FromLastError("socket", $"netlink protocol {protocol}");
        }

        SocketAddress address = new() { Family = AF_NETLINK, Groups = groups };
        if (Bind(socket, in address, 12) != 0)
        {
            LinuxException failure = LinuxException.FromLastError("bind", $"netlink protocol {protocol} groups 0x{groups:x}");
            socket.Dispose();
            throw failure;
        }

        return socket;
    }

    /// <summary>Makes room for bursts; the kernel may give less.</summary>
    public void SetReceiveBuffer(int bytes) => SetOption(this, SOL_SOCKET, SO_RCVBUF, in bytes, 4);

    /// <summary>Limits how long one receive waits; zero waits for ever.</summary>
    public void SetReceiveTimeout(TimeSpan timeout)
    {
        Timeval value = new() { Seconds = (nint)timeout.TotalSeconds, Microseconds = timeout.Milliseconds * 1000 };
        if (SetTimeout(this, SOL_SOCKET, SO_RCVTIMEO, in value, 16) != 0)
        {
            throw LinuxException.FromLastError("setsockopt", "netlink SO_RCVTIMEO");
        }
    }

    public void Send(ReadOnlySpan<byte> message)
    {
        SocketAddress kernel = new() { Family = AF_NETLINK };
        while (SendTo(this, in MemoryMarshal.GetReference(message), (nuint)message.Length, 0, in kernel, 12) < 0)
        {
            if ((Errno)Marshal.GetLastPInvokeError() is not Errno.EINTR)
            {
                throw LinuxException.FromLastError("sendto", "netlink");
            }
        }
    }

    /// <summary>Receives one datagram of the kernel; datagrams of other processes are dropped.</summary>
    /// <returns>Its length; null when the time limit passed.</returns>
    /// <exception cref="LinuxException"><see cref="Errno.ENOBUFS"/>: messages were lost; read everything anew.</exception>
    public int? Receive(Span<byte> buffer)
    {
        while (true)
        {
            uint size = 12;
            nint received = ReceiveFrom(this, ref MemoryMarshal.GetReference(buffer), (nuint)buffer.Length, MSG_TRUNC, out SocketAddress from, ref size);
            if (received < 0)
            {
                switch ((Errno)Marshal.GetLastPInvokeError())
                {
                    case Errno.EINTR: continue;
                    case Errno.EAGAIN: return null;
                    default: throw LinuxException.FromLastError("recvfrom", "netlink");
                }
            }

            if (received > buffer.Length)
            {
                throw new LinuxException(Errno.EMSGSIZE, "recvfrom", $"netlink: {received} bytes are more than {buffer.Length}");
            }

            if (from.Port == 0)
            {
                return (int)received;
            }
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Close(handle) == 0;

    /// <summary><c>struct sockaddr_nl</c> of linux/netlink.h, 12 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct SocketAddress
    {
        public ushort Family;
        public ushort Pad;
        public uint Port;
        public uint Groups;
    }

    /// <summary><c>struct timeval</c>, 16 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Timeval
    {
        public nint Seconds;
        public nint Microseconds;
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial NetlinkSocket OpenSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(NetlinkSocket socket, in SocketAddress address, uint length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetOption(NetlinkSocket socket, int level, int option, in int value, uint length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetTimeout(NetlinkSocket socket, int level, int option, in Timeval value, uint length);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    private static partial nint SendTo(NetlinkSocket socket, in byte data, nuint length, int flags, in SocketAddress address, uint addressLength);

    [LibraryImport("libc", EntryPoint = "recvfrom", SetLastError = true)]
    private static partial nint ReceiveFrom(NetlinkSocket socket, ref byte data, nuint length, int flags, out SocketAddress address, ref uint addressLength);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(nint fd);
}
