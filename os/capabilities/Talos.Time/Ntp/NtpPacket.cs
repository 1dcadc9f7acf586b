using System.Buffers.Binary;
using System.Text;

namespace Talos.Time.Ntp;

/// <summary>An NTP packet without extensions.</summary>
/// <remarks>Source: RFC 5905, section 7.3.</remarks>
internal sealed record NtpPacket
{
    /// <summary>Bytes of a packet.</summary>
    public const int Size = 48;

    private const byte ClientVersion4 = (4 << 3) | 3;

    /// <summary>0 to 2: leap second warning; 3: the server is not in step itself.</summary>
    public required byte Leap { get; init; }

    /// <summary>Version, 1 to 4.</summary>
    public required byte Version { get; init; }

    /// <summary>3 is a client, 4 a server.</summary>
    public required byte Mode { get; init; }

    /// <summary>1 has a clock of its own; 0 says that the reference is a kiss code; 16 is not in step.</summary>
    public required byte Stratum { get; init; }

    /// <summary>Round trip from the server to its reference clock.</summary>
    public required TimeSpan RootDelay { get; init; }

    /// <summary>Error of the server against its reference clock.</summary>
    public required TimeSpan RootDispersion { get; init; }

    /// <summary>The server's reference, or four letters of a kiss code.</summary>
    public required uint ReferenceId { get; init; }

    /// <summary>The request's transmit timestamp, given back.</summary>
    public required ulong Originate { get; init; }

    /// <summary>When the server got the request.</summary>
    public required ulong Receive { get; init; }

    /// <summary>When the server sent this.</summary>
    public required ulong Transmit { get; init; }

    /// <summary>The kiss code, such as <c>RATE</c>; empty when it is none.</summary>
    public string KissCode
    {
        get
        {
            if (Stratum != 0)
            {
                return "";
            }

            Span<byte> letters = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(letters, ReferenceId);
            return letters.IndexOfAnyExceptInRange((byte)'A', (byte)'Z') < 0 ? Encoding.ASCII.GetString(letters) : "";
        }
    }

    /// <summary>A request; its only content is a number by which the answer is known.</summary>
    public static byte[] Request(ulong cookie)
    {
        byte[] packet = new byte[Size];
        packet[0] = ClientVersion4;
        BinaryPrimitives.WriteUInt64BigEndian(packet.AsSpan(40), cookie);
        return packet;
    }

    /// <summary>Reads a packet; null when it is too short.</summary>
    public static NtpPacket? Read(ReadOnlySpan<byte> data) => data.Length < Size ? null : new NtpPacket
    {
        Leap = (byte)(data[0] >> 6),
        Version = (byte)((data[0] >> 3) & 7),
        Mode = (byte)(data[0] & 7),
        Stratum = data[1],
        RootDelay = NtpTime.FromShort(BinaryPrimitives.ReadUInt32BigEndian(data[4..])),
        RootDispersion = NtpTime.FromShort(BinaryPrimitives.ReadUInt32BigEndian(data[8..])),
        ReferenceId = BinaryPrimitives.ReadUInt32BigEndian(data[12..]),
        Originate = BinaryPrimitives.ReadUInt64BigEndian(data[24..]),
        Receive = BinaryPrimitives.ReadUInt64BigEndian(data[32..]),
        Transmit = BinaryPrimitives.ReadUInt64BigEndian(data[40..]),
    };

    /// <summary>Writes the packet, as a server does.</summary>
    public byte[] Write()
    {
        byte[] packet = new byte[Size];
        packet[0] = (byte)((Leap << 6) | (Version << 3) | Mode);
        packet[1] = Stratum;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), (uint)(RootDelay.TotalSeconds * 65536));
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), (uint)(RootDispersion.TotalSeconds * 65536));
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(12), ReferenceId);
        BinaryPrimitives.WriteUInt64BigEndian(packet.AsSpan(24), Originate);
        BinaryPrimitives.WriteUInt64BigEndian(packet.AsSpan(32), Receive);
        BinaryPrimitives.WriteUInt64BigEndian(packet.AsSpan(40), Transmit);
        return packet;
    }
}
