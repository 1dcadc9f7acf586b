using System.Runtime.InteropServices;
using System.Text;
using static Talos.Linux.NetlinkConstants;

namespace Talos.Linux;

/// <summary>A netlink request being built: the header, a fixed body, then attributes.</summary>
internal sealed class NetlinkRequest
{
    /// <summary>Size of <c>struct nlmsghdr</c>.</summary>
    public const int HeaderSize = 16;

    private byte[] _buffer = new byte[256];
    private int _length = HeaderSize;

    public NetlinkRequest(ushort type, ushort flags, ReadOnlySpan<byte> body)
    {
        Type = type;
        Flags = flags;
        body.CopyTo(Grow(Align(body.Length)));
    }

    /// <summary>The message type, <c>RTM_*</c>.</summary>
    public ushort Type { get; }

    /// <summary><c>NLM_F_*</c>.</summary>
    public ushort Flags { get; }

    public NetlinkRequest Add(ushort type, ReadOnlySpan<byte> value)
    {
        int size = 4 + value.Length;
        if (size > ushort.MaxValue)
        {
            throw new ArgumentException($"netlink attribute {type}: {value.Length} bytes do not fit into 65531");
        }

        Span<byte> attribute = Grow(Align(size));
        ushort length = (ushort)size;
        MemoryMarshal.Write(attribute, in length);
        MemoryMarshal.Write(attribute[2..], in type);
        value.CopyTo(attribute[4..]);
        return this;
    }

    public NetlinkRequest Add(ushort type, uint value) => Add(type, MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in value)));

    public NetlinkRequest Add(ushort type, ushort value) => Add(type, MemoryMarshal.AsBytes(new ReadOnlySpan<ushort>(in value)));

    /// <summary>Adds <paramref name="value"/> as NUL-terminated UTF-8.</summary>
    public NetlinkRequest Add(ushort type, string value) => Add(type, Encoding.UTF8.GetBytes(value + '\0'));

    /// <summary>Adds an attribute that holds what <paramref name="content"/> adds.</summary>
    public NetlinkRequest AddNested(ushort type, Action<NetlinkRequest> content)
    {
        int start = _length;
        Add((ushort)(type | NLA_F_NESTED), []);
        content(this);
        ushort length = checked((ushort)(_length - start));
        MemoryMarshal.Write(_buffer.AsSpan(start), in length);
        return this;
    }

    /// <summary>Appends bytes that are no attribute, such as a struct at the head of a nested attribute.</summary>
    public NetlinkRequest Append(ReadOnlySpan<byte> body)
    {
        body.CopyTo(Grow(Align(body.Length)));
        return this;
    }

    /// <summary>The finished message.</summary>
    public ReadOnlySpan<byte> Finish(uint sequence)
    {
        uint length = (uint)_length;
        uint port = 0;
        ushort type = Type;
        ushort flags = Flags;
        Span<byte> header = _buffer.AsSpan(0, HeaderSize);
        MemoryMarshal.Write(header, in length);
        MemoryMarshal.Write(header[4..], in type);
        MemoryMarshal.Write(header[6..], in flags);
        MemoryMarshal.Write(header[8..], in sequence);
        MemoryMarshal.Write(header[12..], in port);
        return _buffer.AsSpan(0, _length);
    }

    /// <summary>Rounds up to the 4 bytes netlink aligns to.</summary>
    public static int Align(int length) => (length + 3) & ~3;

    private Span<byte> Grow(int size)
    {
        while (_length + size > _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        Span<byte> room = _buffer.AsSpan(_length, size);
        room.Clear();
        _length += size;
        return room;
    }
}
