namespace Talos.Network.Dhcp;

/// <summary>Option codes. Source: RFC 2132, RFC 3397 (119), RFC 3442 (121).</summary>
internal enum DhcpOption : byte
{
    Pad = 0,
    SubnetMask = 1,
    Router = 3,
    DnsServer = 6,
    Hostname = 12,
    DomainName = 15,
    InterfaceMtu = 26,
    BroadcastAddress = 28,
    NtpServers = 42,
    RequestedAddress = 50,
    LeaseTime = 51,
    Overload = 52,
    MessageType = 53,
    ServerIdentifier = 54,
    ParameterList = 55,
    Message = 56,
    MaxMessageSize = 57,
    RenewalTime = 58,
    RebindingTime = 59,
    ClientIdentifier = 61,
    DomainSearch = 119,
    ClasslessRoutes = 121,
    End = 255,
}

/// <summary>Message types. Source: RFC 2132, section 9.6.</summary>
internal enum DhcpMessageType : byte
{
    None = 0,
    Discover = 1,
    Offer = 2,
    Request = 3,
    Decline = 4,
    Ack = 5,
    Nak = 6,
    Release = 7,
}
