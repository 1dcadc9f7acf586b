using System.Net;

namespace Talos.Network.Dhcp;

/// <summary>A DHCP message, without the link-level frame.</summary>
/// <remarks>Source: RFC 2131, section 2.</remarks>
internal sealed record DhcpMessage
{
    /// <summary>Whether a server sent it.</summary>
    public bool IsReply { get; init; }

    /// <summary>Number that ties a reply to its request.</summary>
    public required uint TransactionId { get; init; }

    /// <summary>Seconds since the client began.</summary>
    public ushort Seconds { get; init; }

    /// <summary>Whether the server should answer by broadcast.</summary>
    public bool Broadcast { get; init; }

    /// <summary>Address the client has and answers to (ciaddr).</summary>
    public IPAddress ClientAddress { get; init; } = IPAddress.Any;

    /// <summary>Address the server gives (yiaddr).</summary>
    public IPAddress YourAddress { get; init; } = IPAddress.Any;

    /// <summary>Address of the relay (giaddr).</summary>
    public IPAddress RelayAddress { get; init; } = IPAddress.Any;

    /// <summary>Hardware address of the client, 6 bytes.</summary>
    public required ReadOnlyMemory<byte> HardwareAddress { get; init; }

    /// <summary>Options by code; one that came in pieces is put together.</summary>
    public required IReadOnlyDictionary<DhcpOption, byte[]> Options { get; init; }

    /// <summary>The option that ran past the end of the message and was left out; null when all fit.</summary>
    public DhcpOption? CutOption { get; init; }

    /// <summary>The message type; <see cref="DhcpMessageType.None"/> for plain BOOTP.</summary>
    public DhcpMessageType Type =>
        Options.TryGetValue(DhcpOption.MessageType, out byte[]? value) && value.Length == 1 ? (DhcpMessageType)value[0] : DhcpMessageType.None;
}
