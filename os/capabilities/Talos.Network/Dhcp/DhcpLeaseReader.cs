using System.Buffers.Binary;
using System.Net;
using System.Numerics;
using System.Text;
using Talos.Cosi;
using Talos.Network.Rules;
using Talos.Resources.Network;

namespace Talos.Network.Dhcp;

/// <summary>Turns the options of an offer or acknowledgement into a lease.</summary>
internal static class DhcpLeaseReader
{
    private const int MostItems = 32;
    private const ushort SmallestMtu = 576;
    private static readonly TimeSpan ShortestLease = TimeSpan.FromSeconds(60);

    /// <summary>Reads a lease.</summary>
    /// <param name="message">An offer or an acknowledgement.</param>
    /// <param name="asked">The server that counts when the message names none; null when one must be named.</param>
    /// <returns>Null when <see cref="Problem"/> has something to say.</returns>
    public static DhcpLease? Read(DhcpMessage message, IPAddress? asked = null)
    {
        if (Problem(message, asked) is not null || (Server(message) ?? asked) is not { } server
            || Number(message, DhcpOption.LeaseTime) is not { } seconds || PrefixLength(message) is not { } length)
        {
            return null;
        }

        TimeSpan duration = seconds == uint.MaxValue ? TimeSpan.MaxValue : Max(TimeSpan.FromSeconds(seconds), ShortestLease);
        (TimeSpan renewal, TimeSpan rebinding) = Timers(message, duration);
        string domain = DnsName(Text(message, DhcpOption.DomainName));
        ValueList<string> search = [.. DomainSearch(message.Options.GetValueOrDefault(DhcpOption.DomainSearch, []))];

        return new DhcpLease
        {
            Address = new IPPrefix(message.YourAddress, length),
            Server = server,
            Duration = duration,
            Renewal = renewal,
            Rebinding = rebinding,
            Routers = [.. Addresses(message, DhcpOption.Router)],
            ClasslessRoutes = [.. ClasslessRoutes(message.Options.GetValueOrDefault(DhcpOption.ClasslessRoutes, []))],
            DnsServers = [.. Addresses(message, DhcpOption.DnsServer)],
            NtpServers = [.. Addresses(message, DhcpOption.NtpServers)],
            SearchDomains = search.Count > 0 || domain.Length == 0 ? search : [domain],
            Hostname = HostnameRules.FirstLabel(Text(message, DhcpOption.Hostname)),
            DomainName = domain,
            Mtu = Mtu(message),
            LeftOut = [.. LeftOut(message)],
        };
    }

    /// <summary>Why a message makes no lease; null when it makes one.</summary>
    public static string? Problem(DhcpMessage message, IPAddress? asked = null)
    {
        if (Server(message) is null && asked is null)
        {
            return $"it names no server ({Told(message, DhcpOption.ServerIdentifier)})";
        }

        if (!IsUsable(message.YourAddress))
        {
            return $"{message.YourAddress} is no address for a node";
        }

        if (Number(message, DhcpOption.LeaseTime) is null)
        {
            return $"it has no lease time ({Told(message, DhcpOption.LeaseTime)})";
        }

        return PrefixLength(message) is null ? $"its subnet mask is none ({Told(message, DhcpOption.SubnetMask)})" : null;
    }

    /// <summary>The server that a message names; null when it names none that can be asked.</summary>
    public static IPAddress? Server(DhcpMessage message) =>
        Address(message, DhcpOption.ServerIdentifier) is { } server && IsUsable(server) ? server : null;

    /// <summary>What an option holds, for messages to people.</summary>
    private static string Told(DhcpMessage message, DhcpOption option) =>
        message.CutOption == option ? $"option {(int)option} runs past the end of the message"
        : !message.Options.TryGetValue(option, out byte[]? value) ? $"without option {(int)option}"
        : $"option {(int)option} has {value.Length} bytes: {Convert.ToHexStringLower(value.AsSpan(0, Math.Min(value.Length, 16)))}";

    /// <summary>Names and options that are left out of the lease, each with the reason.</summary>
    private static IEnumerable<string> LeftOut(DhcpMessage message)
    {
        if (Text(message, DhcpOption.Hostname) is { Length: > 0 } name && HostnameRules.FirstLabel(name).Length == 0)
        {
            yield return $"host name '{Shown(name)}' (option 12): its first label is not 1 to 63 of a-z, 0-9 and - or is localhost";
        }

        if (Text(message, DhcpOption.DomainName) is { Length: > 0 } domain && DnsName(domain).Length == 0)
        {
            yield return $"domain '{Shown(domain)}' (option 15): it is no DNS name";
        }

        if (message.CutOption is { } cut)
        {
            yield return $"option {(int)cut} and what follows: it runs past the end of the message";
        }
    }

    /// <summary>A text of a stranger, fit for one line of a log.</summary>
    private static string Shown(string text) => new([.. text.Where(c => !char.IsControl(c)).Take(64)]);

    /// <summary>The text of option 56; empty when the server gives no reason.</summary>
    public static string Reason(DhcpMessage message)
    {
        string text = Text(message, DhcpOption.Message);
        return new string([.. text.Where(c => !char.IsControl(c)).Take(200)]);
    }

    /// <summary>The address in an option of 4 bytes; null when absent.</summary>
    public static IPAddress? Address(DhcpMessage message, DhcpOption option) =>
        message.Options.TryGetValue(option, out byte[]? value) && value.Length == 4 ? new IPAddress(value) : null;

    /// <summary>Reads option 121: prefix length, the bytes of the destination it covers, the router.</summary>
    /// <remarks>Source: RFC 3442. Reading ends at the first route that does not fit.</remarks>
    internal static IEnumerable<DhcpRoute> ClasslessRoutes(byte[] value)
    {
        int at = 0;
        for (int count = 0; at < value.Length && count < MostItems; count++)
        {
            int length = value[at];
            int bytes = (length + 7) / 8;
            if (length > 32 || at + 1 + bytes + 4 > value.Length)
            {
                yield break;
            }

            byte[] destination = new byte[4];
            value.AsSpan(at + 1, bytes).CopyTo(destination);
            IPAddress router = new(value.AsSpan(at + 1 + bytes, 4));
            yield return new DhcpRoute(
                new IPPrefix(new IPAddress(destination), length).Network, router.Equals(IPAddress.Any) ? null : router);
            at += 1 + bytes + 4;
        }
    }

    /// <summary>Reads option 119: DNS names, compressed as in DNS messages.</summary>
    /// <remarks>Source: RFC 3397. Pointers lead backwards only, so reading ends.</remarks>
    internal static List<string> DomainSearch(byte[] value)
    {
        List<string> names = [];
        int at = 0;
        while (at < value.Length && names.Count < MostItems)
        {
            List<string> labels = [];
            int next = -1;
            int position = at;
            while (true)
            {
                if (position >= value.Length)
                {
                    return names;
                }

                int length = value[position];
                if (length == 0)
                {
                    next = next < 0 ? position + 1 : next;
                    break;
                }

                if ((length & 0xc0) == 0xc0)
                {
                    int target = position + 1 < value.Length ? ((length & 0x3f) << 8) | value[position + 1] : int.MaxValue;
                    if (target >= position)
                    {
                        return names;
                    }

                    next = next < 0 ? position + 2 : next;
                    position = target;
                    continue;
                }

                if (length > 63 || position + 1 + length > value.Length || labels.Count > 32)
                {
                    return names;
                }

                labels.Add(Encoding.ASCII.GetString(value, position + 1, length));
                position += 1 + length;
            }

            if (DnsName(string.Join('.', labels)) is { Length: > 0 } name)
            {
                names.Add(name);
            }

            at = next;
        }

        return names;
    }

    private static (TimeSpan Renewal, TimeSpan Rebinding) Timers(DhcpMessage message, TimeSpan duration)
    {
        if (duration == TimeSpan.MaxValue)
        {
            return (TimeSpan.MaxValue, TimeSpan.MaxValue);
        }

        TimeSpan rebinding = Number(message, DhcpOption.RebindingTime) is { } t2 ? TimeSpan.FromSeconds(t2) : duration * 0.875;
        rebinding = rebinding > TimeSpan.Zero && rebinding < duration ? rebinding : duration * 0.875;
        TimeSpan renewal = Number(message, DhcpOption.RenewalTime) is { } t1 ? TimeSpan.FromSeconds(t1) : duration * 0.5;
        renewal = renewal > TimeSpan.Zero && renewal < rebinding ? renewal : Min(duration * 0.5, rebinding);
        return (renewal, rebinding);
    }

    private static int? PrefixLength(DhcpMessage message)
    {
        if (!message.Options.TryGetValue(DhcpOption.SubnetMask, out byte[]? value))
        {
            return ClassfulLength(message.YourAddress);
        }

        if (value.Length != 4)
        {
            return null;
        }

        uint mask = BinaryPrimitives.ReadUInt32BigEndian(value);
        int length = BitOperations.LeadingZeroCount(~mask);
        return mask == (length == 0 ? 0 : uint.MaxValue << (32 - length)) && length > 0 ? length : null;
    }

    private static int ClassfulLength(IPAddress address) => address.GetAddressBytes()[0] switch
    {
        < 128 => 8,
        < 192 => 16,
        _ => 24,
    };

    private static bool IsUsable(IPAddress address)
    {
        byte first = address.GetAddressBytes()[0];
        return first is not (0 or 127) && first < 224;
    }

    private static IEnumerable<IPAddress> Addresses(DhcpMessage message, DhcpOption option)
    {
        byte[] value = message.Options.GetValueOrDefault(option, []);
        for (int at = 0; at + 4 <= value.Length && at < 4 * MostItems; at += 4)
        {
            IPAddress address = new(value.AsSpan(at, 4));
            if (IsUsable(address))
            {
                yield return address;
            }
        }
    }

    private static uint? Number(DhcpMessage message, DhcpOption option) =>
        message.Options.TryGetValue(option, out byte[]? value) && value.Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(value) : null;

    private static ushort Mtu(DhcpMessage message) =>
        message.Options.TryGetValue(DhcpOption.InterfaceMtu, out byte[]? value) && value.Length == 2
        && BinaryPrimitives.ReadUInt16BigEndian(value) is >= SmallestMtu and ushort mtu ? mtu : (ushort)0;

    private static string Text(DhcpMessage message, DhcpOption option) =>
        Encoding.UTF8.GetString(message.Options.GetValueOrDefault(option, [])).TrimEnd('\0');

    private static string DnsName(string name) => HostnameRules.IsDomain(name.TrimEnd('.')) ? name.TrimEnd('.').ToLowerInvariant() : "";

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
