using System.Net;
using Talos.Fleet.Hub.Identity;
using Talos.Fleet.Hub.Connections;
using Talos.Fleet.Hub.Interop;
using Talos.Fleet.Hub.Messaging;
using Talos.Fleet.Hub.Store;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub;

/// <summary>How a hub is set up; every value has a default.</summary>
internal sealed record HubOptions
{
    public string Data { get; init; } = "hub-data";

    public string Name { get; init; } = "hub-1";

    /// <summary>Names of all hubs that share a broker, for its access rules; this hub is always among them.</summary>
    public IReadOnlyList<string> Hubs { get; init; } = [];

    /// <summary>Whether no other hub shares the broker.</summary>
    public bool IsAlone => Hubs.All(h => h == Name);

    public IPAddress Listen { get; init; } = IPAddress.IPv6Any;

    public int HttpsPort { get; init; } = 8443;

    public int MqttPort { get; init; } = FleetDefaults.BrokerPort;

    /// <summary>Port on which bundles alone are served without TLS, for nodes that do not know the fleet CA; null for none.</summary>
    public int? BundlesHttpPort { get; init; }

    /// <summary>Names and addresses in the server certificate; the first one is in URLs the hub gives out.</summary>
    public IReadOnlyList<string> Names { get; init; } = [Dns.GetHostName(), "localhost", "127.0.0.1"];

    /// <summary>An MQTT 5 broker that is used instead of the embedded one.</summary>
    public string? Broker { get; init; }

    /// <summary>Brokers told to nodes; empty: the one in use.</summary>
    public IReadOnlyList<string> Advertised { get; init; } = [];

    /// <summary>Connection string; null: SQLite in the data folder.</summary>
    public string? Postgres { get; init; }

    /// <summary>The provider of tokens; null: certificates alone.</summary>
    public OidcOptions? Oidc { get; init; }

    public IReadOnlyList<string> Webhooks { get; init; } = [];

    public int NodeCertificateDays { get; init; } = 365;

    public int TelemetryDays { get; init; } = 90;

    public int EventDays { get; init; } = 365;

    /// <summary>How long the embedded broker waits with a Will.</summary>
    public TimeSpan WillDelay { get; init; } = FleetDefaults.WillDelay;

    /// <summary>Connections of the embedded broker at once; null: as many as the limit of open files has room for.</summary>
    public int? Connections { get; init; }

    /// <summary>Connections of one address, on each port, that have not shown who they are; above it the one that has waited longest goes.</summary>
    public int WaitingPerAddress { get; init; } = 256;

    /// <summary>How long a connection of the broker may take until it has sent CONNECT.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What a node may send in a minute; above it, it is slowed down.</summary>
    public MinuteQuota NodeQuota { get; init; } = new(600, 16 << 20, 60);

    /// <summary>What of a node's history is kept of one day; what exceeds stays with the node and comes on another day.</summary>
    public DayQuota DayQuota { get; init; } = new(50_000, 64 << 20, 10);

    /// <summary>Bytes of the disk that stay free: below it the hub takes no history and no files.</summary>
    public long MinFree { get; init; } = 256 << 20;

    /// <summary>Sparkplug and Home Assistant; null: off.</summary>
    public InteropOptions? Interop { get; init; }

    public string PublicUrl => $"https://{Bracketed(Names[0])}:{HttpsPort}";

    public string BundleUrl(string id) => BundlesHttpPort is { } port ? $"http://{Bracketed(Names[0])}:{port}/api/v1/bundles/{id}" : $"{PublicUrl}/api/v1/bundles/{id}";

    public IReadOnlyList<string> BrokersForNodes => Advertised.Count > 0 ? Advertised : [Broker ?? $"mqtts://{Bracketed(Names[0])}:{MqttPort}"];

    /// <summary>Reads <c>--KEY VALUE</c> and variables <c>TALOS_HUB_KEY</c>.</summary>
    /// <exception cref="HubSetupException">A value makes no sense.</exception>
    public static HubOptions From(IConfiguration c)
    {
        HubOptions d = new();
        HubOptions options = d with
        {
            Data = c["data"] ?? d.Data,
            Name = c["name"] ?? d.Name,
            Hubs = List(c, "hubs"),
            Listen = c["listen"] is not { } listen ? d.Listen : IPAddress.TryParse(listen, out IPAddress? address) ? address : throw new HubSetupException($"--listen: {listen} is no address"),
            HttpsPort = Number(c, "https", d.HttpsPort, 1, 65535),
            MqttPort = Number(c, "mqtt", d.MqttPort, 1, 65535),
            BundlesHttpPort = c["bundles-http"] is null ? null : Number(c, "bundles-http", 0, 1, 65535),
            Names = List(c, "names") is { Count: > 0 } names ? names : d.Names,
            Broker = c["broker"],
            Advertised = List(c, "advertise"),
            Postgres = c["postgres"],
            Oidc = OidcOptions.From(c),
            Webhooks = List(c, "webhooks"),
            NodeCertificateDays = Number(c, "node-certificate-days", d.NodeCertificateDays, 1, 3650),
            TelemetryDays = Number(c, "telemetry-days", d.TelemetryDays, 1, 3650),
            EventDays = Number(c, "event-days", d.EventDays, 1, 3650),
            Interop = InteropOptions.From(c, c["broker"]),
            Connections = c["connections"] is null ? null : Number(c, "connections", 0, 1, 1 << 20),
            WaitingPerAddress = Number(c, "waiting-per-address", d.WaitingPerAddress, 1, 1 << 20),
            NodeQuota = new MinuteQuota(
                Number(c, "node-messages-per-minute", d.NodeQuota.Messages, 10, 1_000_000),
                (long)Number(c, "node-mib-per-minute", (int)(d.NodeQuota.Bytes >> 20), 1, 10_000) << 20,
                d.NodeQuota.Connections),
            DayQuota = new DayQuota(
                Number(c, "node-rows-per-day", d.DayQuota.Rows, 100, 100_000_000), (long)Number(c, "node-mib-per-day", (int)(d.DayQuota.Bytes >> 20), 1, 1 << 20) << 20, d.DayQuota.Streams),
            MinFree = (long)Number(c, "min-free-mib", (int)(d.MinFree >> 20), 0, 1 << 30) << 20,
            WillDelay = TimeSpan.FromSeconds(Number(c, "will-delay", (int)d.WillDelay.TotalSeconds, 0, 86400)),
        };
        int room = DescriptorBudget.Limit() * 3 / 4;
        return options.Connections > room ? throw new HubSetupException($"--connections: {options.Connections} is more than {room}, three quarters of the limit of open files ({DescriptorBudget.Limit()}); raise that (LimitNOFILE, ulimit -n)")
            : !NodeId.IsHub(options.Name) || !FleetTopic.IsCommandId(options.Name) ? throw new HubSetupException($"--name: {options.Name} is not {NodeId.HubPrefix} and a-z 0-9 -")
            : options.Hubs.FirstOrDefault(h => !NodeId.IsHub(h) || !FleetTopic.IsCommandId(h)) is { } stranger ? throw new HubSetupException($"--hubs: {stranger} is not {NodeId.HubPrefix} and a-z 0-9 -")
            : options.Webhooks.FirstOrDefault(w => !Uri.TryCreate(w, UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https")) is { } nowhere ? throw new HubSetupException($"--webhooks: {nowhere} is no http or https URL")
            : options.Broker is { } broker && BrokerUrl.Parse(broker) is null ? throw new HubSetupException($"--broker: {broker} is no mqtts://HOST[:PORT]")
            : options.Advertised.FirstOrDefault(a => BrokerUrl.Parse(a) is null) is { } wrong ? throw new HubSetupException($"--advertise: {wrong} is no mqtts://HOST[:PORT]")
            : options;
    }

    private static string Bracketed(string name) => name.Contains(':', StringComparison.Ordinal) ? $"[{name}]" : name;

    private static List<string> List(IConfiguration c, string key) => [.. (c[key] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    internal static int Number(IConfiguration c, string key, int otherwise, int min, int max) =>
        c[key] is not { } text ? otherwise
            : int.TryParse(text, out int value) && value >= min && value <= max ? value
            : throw new HubSetupException($"--{key}: {text} is not within {min} and {max}");
}

/// <summary>The hub cannot start as it is set up.</summary>
internal sealed class HubSetupException(string message) : Exception(message);
