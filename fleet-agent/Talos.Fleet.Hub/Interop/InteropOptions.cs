using Talos.Fleet.Protocol;
using Talos.Fleet.Sparkplug;

namespace Talos.Fleet.Hub.Interop;

/// <summary>How the hub shows the fleet to other systems by MQTT; nothing of it is on unless it is asked for.</summary>
internal sealed record InteropOptions
{
    /// <summary>The broker those systems are at.</summary>
    public required BrokerUrl Broker { get; init; }

    /// <summary>File of certificates the broker's has to come from; null: the fleet CA.</summary>
    public string? CaFile { get; init; }

    /// <summary>File with certificate and key in PEM; null: the hub's own with the fleet CA, none with another CA.</summary>
    public string? CertificateFile { get; init; }

    public string? User { get; init; }

    public string? PasswordFile { get; init; }

    /// <summary>The hub as an edge node of Sparkplug; null: off.</summary>
    public EdgeNodeId? Sparkplug { get; init; }

    /// <summary>Host application without which nothing is published.</summary>
    public string? SparkplugHost { get; init; }

    /// <summary>First part of ids and topics for Home Assistant; null: off.</summary>
    public string? HomeAssistant { get; init; }

    public string HomeAssistantPrefix { get; init; } = "homeassistant";

    /// <summary>Whether Home Assistant may order updates.</summary>
    public bool HomeAssistantInstall { get; init; }

    /// <summary>How often the database is asked what changed.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Filters the hub needs rights for at a broker that has lists of them.</summary>
    public IEnumerable<string> Filters =>
    [
        .. Sparkplug is { } edge ? [$"{EdgeNodeId.Namespace}/{edge.Group}/+/{edge.Node}/#", $"{EdgeNodeId.Namespace}/STATE/#"] : Array.Empty<string>(),
        .. HomeAssistant is { } id ? [$"{HomeAssistantPrefix}/update/#", $"{id}/update/#"] : Array.Empty<string>(),
    ];

    /// <summary>Reads the settings; null when neither is asked for.</summary>
    /// <param name="c">The settings.</param>
    /// <param name="fleetBroker">The broker of the fleet, when it is not the embedded one.</param>
    /// <exception cref="HubSetupException">A value makes no sense.</exception>
    public static InteropOptions? From(IConfiguration c, string? fleetBroker)
    {
        string? sparkplug = c["sparkplug"], homeAssistant = c["home-assistant"];
        if (sparkplug is null && homeAssistant is null)
        {
            return null;
        }

        string url = c["interop-broker"] ?? fleetBroker ?? throw new HubSetupException("--interop-broker: is missing: --sparkplug and --home-assistant need a broker that is not the embedded one");
        string prefix = c["home-assistant-prefix"] ?? "homeassistant", install = c["home-assistant-install"] ?? "false";
        return new InteropOptions
        {
            Broker = BrokerUrl.Parse(url) ?? throw new HubSetupException($"--interop-broker: {url} is no mqtts://HOST[:PORT]"),
            CaFile = Readable(c, "interop-ca"),
            CertificateFile = Readable(c, "interop-certificate"),
            User = c["interop-user"],
            PasswordFile = Readable(c, "interop-password-file"),
            Sparkplug = sparkplug is null ? null : Edge(sparkplug),
            SparkplugHost = c["sparkplug-host"] is not { } host ? null : SparkplugName.Problem(host) is { } wrong ? throw new HubSetupException($"--sparkplug-host: {host} {wrong}") : host,
            HomeAssistant = homeAssistant is null || IsId(homeAssistant) ? homeAssistant : throw new HubSetupException($"--home-assistant: {homeAssistant} is not 1 to 32 of a-z A-Z 0-9 _ -"),
            HomeAssistantPrefix = SparkplugName.Problem(prefix) is { } bad ? throw new HubSetupException($"--home-assistant-prefix: {prefix} {bad}") : prefix,
            HomeAssistantInstall = bool.TryParse(install, out bool may) ? may : throw new HubSetupException($"--home-assistant-install: {install} is neither true nor false"),
        };
    }

    private static EdgeNodeId Edge(string text) => text.Split('/') is [var group, var node] && SparkplugName.Problem(group) is null && SparkplugName.Problem(node) is null
        ? new EdgeNodeId(group, node)
        : throw new HubSetupException($"--sparkplug: {text} is no GROUP/EDGE-NODE, each 1 to {SparkplugName.MaxLength} characters without + / #");

    private static bool IsId(string text) => text.Length is > 0 and <= 32 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    private static string? Readable(IConfiguration c, string key) =>
        c[key] is not { } file ? null : File.Exists(file) ? file : throw new HubSetupException($"--{key}: there is no file {file}");
}
