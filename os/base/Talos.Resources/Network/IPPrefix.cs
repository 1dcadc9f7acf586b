using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Talos.Resources.Network;

/// <summary>An IP address with the length of its network prefix; the host bits are kept.</summary>
/// <param name="Address">The address.</param>
/// <param name="Length">Bits of the prefix: at most 32 or 128.</param>
[JsonConverter(typeof(IPPrefixConverter))]
public readonly record struct IPPrefix(IPAddress Address, int Length)
{
    /// <summary>Whether it is an IPv6 prefix.</summary>
    public bool IsIPv6 => Address.AddressFamily is AddressFamily.InterNetworkV6;

    /// <summary>The family by name.</summary>
    public IPFamily Family => IsIPv6 ? IPFamily.Inet6 : IPFamily.Inet4;

    /// <summary>The prefix with its host bits cleared.</summary>
    public IPPrefix Network
    {
        get
        {
            byte[] bytes = Address.GetAddressBytes();
            for (int i = 0; i < bytes.Length; i++)
            {
                int kept = Math.Clamp(Length - (i * 8), 0, 8);
                bytes[i] &= (byte)(0xff00 >> kept);
            }

            return new IPPrefix(new IPAddress(bytes), Length);
        }
    }

    /// <summary>Whether <paramref name="address"/> lies in the network of this prefix.</summary>
    public bool Contains(IPAddress address) =>
        address.AddressFamily == Address.AddressFamily && new IPPrefix(address, Length).Network == Network;

    /// <summary>Reads <c>address/length</c>; an address alone is a prefix of its full length.</summary>
    public static bool TryParse(string? text, out IPPrefix prefix)
    {
        prefix = default;
        if (text is null)
        {
            return false;
        }

        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!IPAddress.TryParse(slash < 0 ? text : text.AsSpan(0, slash), out IPAddress? address))
        {
            return false;
        }

        int most = address.AddressFamily is AddressFamily.InterNetwork ? 32 : 128;
        int length = most;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > most))
        {
            return false;
        }

        prefix = new IPPrefix(address, length);
        return true;
    }

    /// <summary>Reads <c>address/length</c>.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static IPPrefix Parse(string text) =>
        TryParse(text, out IPPrefix prefix) ? prefix : throw new FormatException($"\"{text}\" is no IP prefix");

    /// <inheritdoc/>
    public override string ToString() => Address is null ? "" : $"{Address}/{Length}";
}

/// <summary>Writes a prefix as <c>address/length</c>.</summary>
internal sealed class IPPrefixConverter : JsonConverter<IPPrefix>
{
    public override IPPrefix Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        IPPrefix.TryParse(reader.GetString(), out IPPrefix prefix) ? prefix : throw new JsonException("an IP prefix is wanted");

    public override void Write(Utf8JsonWriter writer, IPPrefix value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

/// <summary>Writes a prefix that may be absent; absent is the empty string.</summary>
internal sealed class OptionalIPPrefixConverter : JsonConverter<IPPrefix?>
{
    public override bool HandleNull => true;

    public override IPPrefix? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is not { Length: > 0 } text ? null
        : IPPrefix.TryParse(text, out IPPrefix prefix) ? prefix : throw new JsonException("an IP prefix is wanted");

    public override void Write(Utf8JsonWriter writer, IPPrefix? value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value?.ToString() ?? "");
}

/// <summary>Writes an address that may be absent; absent is the empty string.</summary>
internal sealed class OptionalIPAddressConverter : JsonConverter<IPAddress?>
{
    public override bool HandleNull => true;

    public override IPAddress? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is not { Length: > 0 } text ? null
        : IPAddress.TryParse(text, out IPAddress? address) ? address : throw new JsonException("an IP address is wanted");

    public override void Write(Utf8JsonWriter writer, IPAddress? value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value?.ToString() ?? "");
}
