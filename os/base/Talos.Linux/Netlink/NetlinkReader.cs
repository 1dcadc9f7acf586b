using System.Runtime.InteropServices;
using System.Text;
using static Talos.Linux.NetlinkConstants;

namespace Talos.Linux;

/// <summary>One received netlink message; its payload is what follows the header.</summary>
internal readonly ref struct NetlinkMessage(ushort type, ushort flags, uint sequence, ReadOnlySpan<byte> payload)
{
    public ushort Type { get; } = type;

    public ushort Flags { get; } = flags;

    public uint Sequence { get; } = sequence;

    public ReadOnlySpan<byte> Payload { get; } = payload;
}

/// <summary>Walks the messages of one datagram; stops at the first that does not fit.</summary>
internal ref struct NetlinkReader(ReadOnlySpan<byte> datagram)
{
    private ReadOnlySpan<byte> _rest = datagram;

    /// <summary>Whether the walk ended at a message whose length is out of bounds.</summary>
    public bool Malformed { get; private set; }

    public bool TryRead(out NetlinkMessage message)
    {
        message = default;
        if (_rest.Length < NetlinkRequest.HeaderSize)
        {
            Malformed |= !_rest.IsEmpty;
            return false;
        }

        uint length = MemoryMarshal.Read<uint>(_rest);
        if (length < NetlinkRequest.HeaderSize || length > (uint)_rest.Length)
        {
            Malformed = true;
            _rest = default;
            return false;
        }

        message = new NetlinkMessage(
            MemoryMarshal.Read<ushort>(_rest[4..]),
            MemoryMarshal.Read<ushort>(_rest[6..]),
            MemoryMarshal.Read<uint>(_rest[8..]),
            _rest[NetlinkRequest.HeaderSize..(int)length]);
        _rest = _rest[Math.Min(NetlinkRequest.Align((int)length), _rest.Length)..];
        return true;
    }
}

/// <summary>Walks the attributes of a message or of a nested attribute; stops at the first that does not fit.</summary>
internal ref struct NetlinkAttributes(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> _rest = data;

    /// <summary>Type of the attribute read last, without its flag bits.</summary>
    public ushort Type { get; private set; }

    /// <summary>Value of the attribute read last.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    public bool TryRead()
    {
        if (_rest.Length < 4)
        {
            return false;
        }

        int length = MemoryMarshal.Read<ushort>(_rest);
        if (length < 4 || length > _rest.Length)
        {
            _rest = default;
            return false;
        }

        Type = (ushort)(MemoryMarshal.Read<ushort>(_rest[2..]) & NLA_TYPE_MASK);
        Value = _rest[4..length];
        _rest = _rest[Math.Min(NetlinkRequest.Align(length), _rest.Length)..];
        return true;
    }

    /// <summary>The value as a number; null when it is too short.</summary>
    public readonly uint? UInt32 => Value.Length >= 4 ? MemoryMarshal.Read<uint>(Value) : null;

    /// <summary>The value as a number; null when it is too short.</summary>
    public readonly ushort? UInt16 => Value.Length >= 2 ? MemoryMarshal.Read<ushort>(Value) : null;

    /// <summary>The value as a number; null when it is empty.</summary>
    public readonly byte? Byte => Value.Length >= 1 ? Value[0] : null;

    /// <summary>The value as text up to its first NUL.</summary>
    public readonly string Text
    {
        get
        {
            int end = Value.IndexOf((byte)0);
            return Encoding.UTF8.GetString(end < 0 ? Value : Value[..end]);
        }
    }
}
