namespace Talos.Network.Dhcp;

/// <summary>How a client presents itself.</summary>
/// <param name="HardwareAddress">6 bytes.</param>
/// <param name="ClientIdentifier">Value of option 61; empty to leave it out.</param>
/// <param name="Hostname">Name told to the server; empty to leave it out.</param>
internal sealed record DhcpIdentity(byte[] HardwareAddress, byte[] ClientIdentifier, string Hostname)
{
    /// <summary>Makes the client identifier.</summary>
    /// <param name="kind"><c>mac</c>, <c>duid</c> or <c>none</c>.</param>
    /// <param name="hardwareAddress">6 bytes.</param>
    /// <param name="duidHex">The DUID in hexadecimal, for <c>duid</c>.</param>
    /// <remarks>Source: RFC 2132, section 9.14, and RFC 4361, section 6.1 for a DUID.</remarks>
    public static byte[] IdentifierOf(string kind, byte[] hardwareAddress, string duidHex) => kind switch
    {
        "none" => [],
        "duid" => [255, .. hardwareAddress[^4..], .. Convert.FromHexString(duidHex.Replace(":", "", StringComparison.Ordinal))],
        _ => [1, .. hardwareAddress],
    };
}
