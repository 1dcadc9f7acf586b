using System.Net;
using System.Net.Sockets;

namespace Talos.Rpc.Connections;

/// <summary>Whom an address is counted as.</summary>
public static class PeerAddress
{
    private const int NetworkBytes = 8;

    /// <summary>An IPv4 address as it is; of an IPv6 address the /64, which a single host has for itself.</summary>
    public static string Key(EndPoint? endpoint)
    {
        if (endpoint is not IPEndPoint { Address: var address })
        {
            return "";
        }

        if (address.AddressFamily is AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6)
        {
            byte[] bytes = address.GetAddressBytes();
            bytes.AsSpan(NetworkBytes).Clear();
            return $"{new IPAddress(bytes)}/64";
        }

        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
    }
}
