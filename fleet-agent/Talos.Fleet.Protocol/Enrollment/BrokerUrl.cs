namespace Talos.Fleet.Protocol;

/// <summary>Where a broker is: <c>mqtts://HOST[:PORT]</c>, port 8883 when none is named.</summary>
/// <param name="Host">Name or address; an IPv6 address without brackets.</param>
/// <param name="Port">1 to 65535.</param>
public sealed record BrokerUrl(string Host, int Port)
{
    /// <summary>Reads a URL; null when it is none.</summary>
    public static BrokerUrl? Parse(string? text) =>
        text is not null && text.Length <= 256 && text.StartsWith("mqtts://", StringComparison.Ordinal)
        && Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Host.Length > 0 && url.UserInfo.Length == 0
        && url.AbsolutePath is "/" or "" && url.Query.Length == 0 && url.Fragment.Length == 0 && url.Port != 0
            ? new BrokerUrl(url.Host.Trim('[', ']'), url.Port < 0 ? FleetDefaults.BrokerPort : url.Port)
            : null;

    internal static string? Check(string text) => Parse(text) is null ? "url: is no mqtts://HOST[:PORT] of up to 256 characters" : null;
}
