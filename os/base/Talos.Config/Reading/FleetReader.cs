using Talos.Pki;

namespace Talos.Config;

/// <summary>Reads the document <c>FleetConfig</c>.</summary>
internal static class FleetReader
{
    private const string Kind = "FleetConfig";
    private const int MaxLabels = 32;
    private const int MaxLabel = 63;
    private const int MaxNodeId = 64;

    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromDays(7);
    private static readonly TimeSpan LongestKeepAlive = TimeSpan.FromHours(18);

    public static FleetConfiguration? Read(DocumentSet documents, List<ConfigProblem> problems)
    {
        View document = documents.One(Kind);
        if (!document.IsPresent || document.Url("hub") is not { } hub)
        {
            return null;
        }

        View vetoes = document.Map("vetoes");
        FleetConfiguration fleet = new()
        {
            Hub = hub,
            HubCa = document.Text("hubCA"),
            Token = document.Secret("token"),
            Brokers = document.Texts("brokers"),
            NodeId = document.Text("nodeId"),
            Labels = document.TextMap("labels"),
            TelemetryInterval = UpdateReader.Between(
                document, "telemetryInterval", $"{Kind}/telemetryInterval", TimeSpan.FromHours(1), ShortestInterval, LongestInterval, problems),
            KeepAlive = UpdateReader.Between(
                document, "keepAlive", $"{Kind}/keepAlive", TimeSpan.FromMinutes(20), ShortestInterval, LongestKeepAlive, problems),
            VetoHealth = vetoes.Flag("health", true),
            MinimumBatteryPercent = (int)(vetoes.Number("minimumBatteryPercent") ?? 0),
            ExternalPower = vetoes.Flag("externalPower", false),
            Probes = UpdateReader.Probes(vetoes, $"{Kind}/vetoes.", problems),
        };
        Check(fleet, (key, problem) => problems.Add(new ConfigProblem($"{Kind}/{key}", document.Line(key), problem)));
        return fleet;
    }

    private static void Check(FleetConfiguration fleet, Action<string, string> tell)
    {
        if (fleet.Hub.Scheme != Uri.UriSchemeHttps)
        {
            tell("hub", $"'{fleet.Hub.Scheme}' is not https");
        }

        CheckAuthority(fleet.HubCa, tell);
        foreach (string broker in fleet.Brokers)
        {
            if (!broker.StartsWith("mqtts://", StringComparison.Ordinal) || !Uri.TryCreate(broker, UriKind.Absolute, out Uri? url) || url.Host.Length == 0 || url.AbsolutePath is not ("/" or ""))
            {
                tell("brokers", $"'{ScalarNode.Shorten(broker)}' is no mqtts://HOST[:PORT]");
            }
        }

        if (fleet.NodeId.Length > 0 && !IsNodeId(fleet.NodeId))
        {
            tell("nodeId", $"'{ScalarNode.Shorten(fleet.NodeId)}' is not 1 to {MaxNodeId} of a-z 0-9 -, or begins with hub-");
        }

        if (fleet.Labels.Count > MaxLabels)
        {
            tell("labels", $"{fleet.Labels.Count} labels are more than {MaxLabels}");
        }

        foreach ((string key, string value) in fleet.Labels)
        {
            if (key.Length is 0 or > MaxLabel || value.Length > MaxLabel || key.Concat(value).Any(char.IsControl))
            {
                tell("labels", $"'{ScalarNode.Shorten(key)}': key and value have up to {MaxLabel} printable characters");
            }
        }
    }

    private static void CheckAuthority(string pem, Action<string, string> tell)
    {
        try
        {
            foreach (var certificate in Certificates.ReadBundle(pem))
            {
                certificate.Dispose();
            }
        }
        catch (PkiException e)
        {
            tell("hubCA", $"is no certificate in PEM: {e.Message}");
        }
    }

    private static bool IsNodeId(string id) =>
        id.Length <= MaxNodeId && !id.StartsWith("hub-", StringComparison.Ordinal) && id.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
