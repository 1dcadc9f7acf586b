using System.Net;
using System.Text;

namespace Talos.Network.Dhcp;

/// <summary>Makes the messages of a client.</summary>
/// <remarks>Source: RFC 2131, section 4.4.1, table 5.</remarks>
internal sealed class DhcpMessages(DhcpIdentity identity)
{
    private static readonly byte[] Wanted =
    [
        (byte)DhcpOption.SubnetMask,
        (byte)DhcpOption.ClasslessRoutes,
        (byte)DhcpOption.Router,
        (byte)DhcpOption.DnsServer,
        (byte)DhcpOption.Hostname,
        (byte)DhcpOption.DomainName,
        (byte)DhcpOption.InterfaceMtu,
        (byte)DhcpOption.BroadcastAddress,
        (byte)DhcpOption.NtpServers,
        (byte)DhcpOption.LeaseTime,
        (byte)DhcpOption.RenewalTime,
        (byte)DhcpOption.RebindingTime,
        (byte)DhcpOption.DomainSearch,
    ];

    public DhcpMessage Discover(uint transaction, ushort seconds) => Make(DhcpMessageType.Discover, transaction, seconds);

    public DhcpMessage Request(uint transaction, ushort seconds, DhcpLease offer) =>
        Make(
            DhcpMessageType.Request,
            transaction,
            seconds,
            options: [(DhcpOption.RequestedAddress, Bytes(offer.Address.Address)), (DhcpOption.ServerIdentifier, Bytes(offer.Server))]);

    public DhcpMessage Reboot(uint transaction, ushort seconds, IPAddress address) =>
        Make(DhcpMessageType.Request, transaction, seconds, options: [(DhcpOption.RequestedAddress, Bytes(address))]);

    public DhcpMessage Renewal(uint transaction, IPAddress address) =>
        Make(DhcpMessageType.Request, transaction, 0, address);

    public DhcpMessage Decline(uint transaction, DhcpLease lease) => new()
    {
        TransactionId = transaction,
        HardwareAddress = identity.HardwareAddress,
        Options = WithIdentifier(new()
        {
            [DhcpOption.MessageType] = [(byte)DhcpMessageType.Decline],
            [DhcpOption.RequestedAddress] = Bytes(lease.Address.Address),
            [DhcpOption.ServerIdentifier] = Bytes(lease.Server),
        }),
    };

    private DhcpMessage Make(
        DhcpMessageType type, uint transaction, ushort seconds, IPAddress? clientAddress = null, params (DhcpOption Code, byte[] Value)[] options)
    {
        Dictionary<DhcpOption, byte[]> all = WithIdentifier(new()
        {
            [DhcpOption.MessageType] = [(byte)type],
            [DhcpOption.ParameterList] = Wanted,
            [DhcpOption.MaxMessageSize] = [0x05, 0xdc],
        });
        if (identity.Hostname.Length > 0)
        {
            all[DhcpOption.Hostname] = Encoding.ASCII.GetBytes(identity.Hostname);
        }

        foreach ((DhcpOption code, byte[] value) in options)
        {
            all[code] = value;
        }

        return new DhcpMessage
        {
            TransactionId = transaction,
            Seconds = seconds,
            ClientAddress = clientAddress ?? IPAddress.Any,
            HardwareAddress = identity.HardwareAddress,
            Options = all,
        };
    }

    private Dictionary<DhcpOption, byte[]> WithIdentifier(Dictionary<DhcpOption, byte[]> options)
    {
        if (identity.ClientIdentifier.Length > 0)
        {
            options[DhcpOption.ClientIdentifier] = identity.ClientIdentifier;
        }

        return options;
    }

    private static byte[] Bytes(IPAddress address) => address.GetAddressBytes();
}
