using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Talos.Linux;

/// <summary>Sends and receives packets of one protocol on one link, below IP; the link-level header is the kernel's.</summary>
/// <remarks>Source: packet(7), SOCK_DGRAM; needs CAP_NET_RAW.</remarks>
public sealed partial class PacketSocket : IDisposable
{
    internal const int AF_PACKET = 17;
    private const int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private const int SOL_SOCKET = 1;
    internal const int SO_ATTACH_FILTER = 26;

    private readonly Socket _socket;
    private readonly int _linkIndex;
    private readonly ushort _etherType;

    private PacketSocket(Socket socket, int linkIndex, ushort etherType)
    {
        _socket = socket;
        _linkIndex = linkIndex;
        _etherType = etherType;
    }

    /// <summary>Opens a socket on a link.</summary>
    /// <param name="linkIndex">Index of the link.</param>
    /// <param name="etherType">0x0800 is IPv4, 0x0806 ARP.</param>
    /// <param name="filter">Which packets to let through; empty lets all.</param>
    public static PacketSocket Open(int linkIndex, ushort etherType, ReadOnlySpan<FilterInstruction> filter)
    {
        int fd = OpenSocket(AF_PACKET, SOCK_DGRAM_CLOEXEC, 0);
        if (fd < 0)
        {
            throw LinuxException.FromLastError("socket", $"packet on link {linkIndex}");
        }

        Socket socket = new(new SafeSocketHandle(fd, ownsHandle: true));
        try
        {
            if (!filter.IsEmpty)
            {
                AttachFilter(fd, filter);
            }

            LinkAddress address = LinkAddress.Of(linkIndex, etherType, []);
            if (Bind(fd, in address, LinkAddress.Size) != 0)
            {
                throw LinuxException.FromLastError("bind", $"packet on link {linkIndex}");
            }
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        return new PacketSocket(socket, linkIndex, etherType);
    }

    /// <summary>Sends a packet.</summary>
    /// <param name="packet">From the network header on.</param>
    /// <param name="destination">Hardware address, at most 8 bytes.</param>
    /// <exception cref="LinuxException"><see cref="Errno.ENETDOWN"/>: the link is down.</exception>
    public void Send(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> destination)
    {
        LinkAddress address = LinkAddress.Of(_linkIndex, _etherType, destination);
        nint sent = SendTo((int)_socket.Handle, in MemoryMarshal.GetReference(packet), (nuint)packet.Length, 0, in address, LinkAddress.Size);
        if (sent < 0)
        {
            throw LinuxException.FromLastError("sendto", $"packet on link {_linkIndex}");
        }
    }

    /// <summary>Receives a packet, from the network header on; what does not fit is cut off.</summary>
    /// <exception cref="SocketException"><see cref="SocketError.NetworkDown"/>: the link went down; the socket stays usable.</exception>
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken ct) => _socket.ReceiveAsync(buffer, ct);

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static unsafe void AttachFilter(int fd, ReadOnlySpan<FilterInstruction> filter)
    {
        fixed (FilterInstruction* first = filter)
        {
            FilterProgram program = new() { Length = (ushort)filter.Length, Instructions = (nint)first };
            if (SetFilter(fd, SOL_SOCKET, SO_ATTACH_FILTER, in program, (uint)sizeof(FilterProgram)) != 0)
            {
                throw LinuxException.FromLastError("setsockopt", "SO_ATTACH_FILTER");
            }
        }
    }

    /// <summary><c>struct sock_fprog</c> of linux/filter.h, 16 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct FilterProgram
    {
        public ushort Length;
        public nint Instructions;
    }

    /// <summary><c>struct sockaddr_ll</c> of linux/if_packet.h, 20 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct LinkAddress
    {
        public const uint Size = 20;
        public ushort Family;
        public ushort Protocol;
        public int LinkIndex;
        public ushort HardwareType;
        public byte PacketType;
        public byte AddressLength;
        public uint AddressLow;
        public uint AddressHigh;

        public static LinkAddress Of(int linkIndex, ushort etherType, ReadOnlySpan<byte> hardware)
        {
            Span<byte> address = stackalloc byte[8];
            hardware.CopyTo(address);
            return new LinkAddress
            {
                Family = AF_PACKET,
                Protocol = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(etherType),
                LinkIndex = linkIndex,
                AddressLength = (byte)hardware.Length,
                AddressLow = MemoryMarshal.Read<uint>(address),
                AddressHigh = MemoryMarshal.Read<uint>(address[4..]),
            };
        }
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int OpenSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(int fd, in LinkAddress address, uint length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetFilter(int fd, int level, int option, in FilterProgram value, uint length);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    private static partial nint SendTo(int fd, in byte data, nuint length, int flags, in LinkAddress address, uint addressLength);
}
