using System.Globalization;

namespace Talos.Network.Rules;

/// <summary>The kernel's numbers by the names that the API shows, and back.</summary>
/// <remarks>Source: linux/rtnetlink.h, linux/if.h, linux/if_arp.h, linux/if_addr.h.</remarks>
internal static class KernelNames
{
    private static readonly string[] OperationalStates = ["unknown", "notPresent", "down", "lowerLayerDown", "testing", "dormant", "up"];

    private static readonly string[] LinkFlagNames =
    [
        "UP", "BROADCAST", "DEBUG", "LOOPBACK", "POINTOPOINT", "NOTRAILERS", "RUNNING", "NOARP", "PROMISC", "ALLMULTI",
        "MASTER", "SLAVE", "MULTICAST", "PORTSEL", "AUTOMEDIA", "DYNAMIC", "LOWER_UP", "DORMANT", "ECHO",
    ];

    private static readonly string[] AddressFlagNames =
    [
        "temporary", "noDAD", "optimistic", "dadFailed", "home", "deprecated", "tentative", "permanent",
        "managementTemp", "noPrefixRoute", "mcAutoJoin", "stablePrivacy",
    ];

    private static readonly Dictionary<byte, string> Protocols = new()
    {
        [0] = "unspec",
        [1] = "redirect",
        [2] = "kernel",
        [3] = "boot",
        [4] = "static",
        [9] = "ra",
        [16] = "dhcp",
        [186] = "bgp",
    };

    private static readonly string[] RouteTypes =
        ["unspec", "unicast", "local", "broadcast", "anycast", "multicast", "blackhole", "unreachable", "prohibit", "throw", "nat", "xresolve"];

    public static string LinkType(ushort type) => type switch
    {
        1 => "ether",
        772 => "loopback",
        768 => "tunnel",
        769 => "tunnel6",
        776 => "sit",
        778 => "ipgre",
        65534 => "none",
        _ => Number(type),
    };

    public static string OperationalState(byte state) =>
        state < OperationalStates.Length ? OperationalStates[state] : OperationalStates[0];

    public static string LinkFlags(uint flags) => Flags(flags, LinkFlagNames);

    public static string AddressFlags(uint flags) => Flags(flags, AddressFlagNames);

    public static string Scope(byte scope) => scope switch
    {
        0 => "global",
        200 => "site",
        253 => "link",
        254 => "host",
        255 => "nowhere",
        _ => Number(scope),
    };

    public static byte ScopeNumber(string scope) => scope switch
    {
        "site" => 200,
        "link" => 253,
        "host" => 254,
        "nowhere" => 255,
        _ => 0,
    };

    public static string Table(uint table) => table switch
    {
        0 => "unspec",
        253 => "default",
        254 => "main",
        255 => "local",
        _ => Number(table),
    };

    /// <summary>The number of a table by name or number; main when the text is empty.</summary>
    public static uint TableNumber(string table) => table switch
    {
        "" or "main" => 254,
        "local" => 255,
        "default" => 253,
        _ => uint.TryParse(table, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : 254,
    };

    public static string RouteType(byte type) => type < RouteTypes.Length ? RouteTypes[type] : Number(type);

    public static byte RouteTypeNumber(string type) => (byte)Math.Max(1, Array.IndexOf(RouteTypes, type));

    public static string Protocol(byte protocol) => Protocols.GetValueOrDefault(protocol) ?? Number(protocol);

    public static byte ProtocolNumber(string protocol) => protocol == "dhcp" ? (byte)16 : (byte)4;

    /// <summary>A hardware address as <c>52:54:00:12:34:56</c>.</summary>
    public static string Hardware(ReadOnlySpan<byte> address)
    {
        string[] parts = new string[address.Length];
        for (int i = 0; i < address.Length; i++)
        {
            parts[i] = address[i].ToString("x2", CultureInfo.InvariantCulture);
        }

        return string.Join(':', parts);
    }

    /// <summary>The bytes of a hardware address written with colons.</summary>
    public static byte[] HardwareBytes(string address) => Convert.FromHexString(address.Replace(":", "", StringComparison.Ordinal));

    private static string Flags(uint flags, string[] names) =>
        string.Join(',', names.Where((_, bit) => (flags & (1u << bit)) != 0));

    private static string Number(uint value) => value.ToString(CultureInfo.InvariantCulture);
}
