using Talos.Network.Dhcp;

namespace Talos.Network.Ports;

/// <summary>Opens links for DHCP.</summary>
internal interface IDhcpTransports
{
    /// <summary>Opens a link; the caller disposes what it gets.</summary>
    IDhcpTransport Open(string linkName, int linkIndex, byte[] hardwareAddress);
}

internal sealed class LinuxDhcpTransports(TimeProvider time) : IDhcpTransports
{
    public IDhcpTransport Open(string linkName, int linkIndex, byte[] hardwareAddress) =>
        new LinuxDhcpTransport(linkName, linkIndex, hardwareAddress, time);
}
