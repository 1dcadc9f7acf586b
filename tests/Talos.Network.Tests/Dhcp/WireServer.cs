using Talos.Network.Dhcp;

namespace Talos.Network.Tests.Dhcp;

/// <summary>A DHCP server 10.0.0.N with the range 10.0.N.0/24 and one habit.</summary>
internal sealed class WireServer(int number, WireServer.Habit habit, int delayMilliseconds)
{
    public enum Habit
    {
        Honest,

        /// <summary>Honest, and refuses every request that goes to another server.</summary>
        RefusesForOthers,

        /// <summary>Refuses every request without saying who it is.</summary>
        RefusesNameless,

        /// <summary>Refuses what it offered itself.</summary>
        RefusesItsOffers,

        /// <summary>Never acknowledges what it offered.</summary>
        OffersOnly,

        /// <summary>Acknowledges another address than the one asked for.</summary>
        AcknowledgesOthers,

        /// <summary>Its offers have no lease time.</summary>
        NoLeaseTime,

        /// <summary>Its offers and acknowledgements name no server.</summary>
        Nameless,

        /// <summary>Offers addresses that are in use.</summary>
        OffersUsed,
    }

    public byte[] Identifier { get; } = [10, 0, 0, (byte)number];

    public TimeSpan Delay { get; } = TimeSpan.FromMilliseconds(delayMilliseconds);

    public string Address => $"10.0.{number}.9";

    /// <summary>Whether its address is found in use.</summary>
    public bool IsUsed => habit is Habit.OffersUsed;

    /// <summary>What it answers; null when it is silent.</summary>
    public DhcpMessage? Answer(DhcpMessage request)
    {
        if (request.Type is DhcpMessageType.Discover)
        {
            return Reply(DhcpMessageType.Offer, request, Address);
        }

        if (request.Type is not DhcpMessageType.Request)
        {
            return null;
        }

        byte[]? asked = request.Options.GetValueOrDefault(DhcpOption.ServerIdentifier);
        byte[] address = request.Options.GetValueOrDefault(DhcpOption.RequestedAddress) ?? request.ClientAddress.GetAddressBytes();
        bool mine = asked is null ? address[2] == number : asked.AsSpan().SequenceEqual(Identifier);
        return habit switch
        {
            Habit.RefusesNameless => Reply(DhcpMessageType.Nak, request, "0.0.0.0"),
            Habit.RefusesForOthers when !mine => Reply(DhcpMessageType.Nak, request, "0.0.0.0"),
            Habit.RefusesItsOffers when mine => Reply(DhcpMessageType.Nak, request, "0.0.0.0"),
            Habit.AcknowledgesOthers when mine => Reply(DhcpMessageType.Ack, request, $"10.0.{number}.77"),
            Habit.OffersOnly => null,
            _ when mine => Reply(DhcpMessageType.Ack, request, Address),
            _ when asked is null => Reply(DhcpMessageType.Nak, request, "0.0.0.0"),
            _ => null,
        };
    }

    private DhcpMessage Reply(DhcpMessageType type, DhcpMessage request, string address)
    {
        DhcpMessage reply = Wire.Reply(type, request.TransactionId, address, (DhcpOption.ServerIdentifier, Identifier));
        Dictionary<DhcpOption, byte[]> options = new(reply.Options);
        if (habit is Habit.Nameless or Habit.RefusesNameless)
        {
            options.Remove(DhcpOption.ServerIdentifier);
        }

        if (habit is Habit.NoLeaseTime)
        {
            options.Remove(DhcpOption.LeaseTime);
        }

        return reply with { Options = options };
    }
}
