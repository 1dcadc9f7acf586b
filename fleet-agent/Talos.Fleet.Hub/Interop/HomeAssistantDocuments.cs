using System.Text.Json.Nodes;
using Talos.Fleet.Api;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Interop;

/// <summary>Topics and documents of Home Assistant's MQTT discovery for entities of kind <c>update</c>.</summary>
/// <remarks>Source: Home Assistant, documentation of the integrations MQTT and MQTT Update. A member that is not known is left out: null is none of its values, but for the percentage.</remarks>
internal static class HomeAssistantDocuments
{
    public const string Online = "online", Offline = "offline", Install = "install";
    private const string Config = "config";
    private const int MaxSummary = 255;

    /// <summary>Whether the hub is there.</summary>
    public static string HubTopic(InteropOptions o) => $"{o.HomeAssistant}/update/availability";

    public static string ConfigTopic(InteropOptions o, string node) => $"{o.HomeAssistantPrefix}/update/{o.HomeAssistant}_{node}/{Config}";

    /// <summary>Filter of all configs, also those of others.</summary>
    public static string ConfigFilter(InteropOptions o) => $"{o.HomeAssistantPrefix}/update/+/{Config}";

    public static string Topic(InteropOptions o, string node, string what) => $"{o.HomeAssistant}/update/{node}/{what}";

    /// <summary>The node whose config is at a topic; null when it is not this hub's.</summary>
    public static string? NodeOfConfig(InteropOptions o, string topic)
    {
        string begin = $"{o.HomeAssistantPrefix}/update/{o.HomeAssistant}_", end = $"/{Config}";
        return topic.StartsWith(begin, StringComparison.Ordinal) && topic.EndsWith(end, StringComparison.Ordinal) && topic.Length > begin.Length + end.Length
            && topic[begin.Length..^end.Length] is var node && NodeId.IsValid(node) ? node : null;
    }

    /// <summary>The node a command is for; null when the topic is none of a command.</summary>
    public static string? NodeOfCommand(InteropOptions o, string topic) =>
        topic.Split('/') is [var id, "update", var node, Install] && id == o.HomeAssistant && NodeId.IsValid(node) ? node : null;

    /// <summary>The discovery document of a node.</summary>
    public static JsonObject Discovery(InteropOptions o, NodeView node, string hubUrl)
    {
        string id = $"{o.HomeAssistant}_{node.Id}";
        JsonObject device = new()
        {
            ["identifiers"] = new JsonArray(id),
            ["name"] = node.State?.Hostname is { Length: > 0 } host ? host : node.Id,
            ["manufacturer"] = "Talos Edge",
            ["configuration_url"] = $"{hubUrl}/nodes/{node.Id}",
        };
        Known(device, "model", node.Board);
        Known(device, "sw_version", node.Version);
        JsonObject config = new()
        {
            ["name"] = "System",
            ["unique_id"] = id,
            ["device"] = device,
            ["origin"] = new JsonObject { ["name"] = "talos-hub" },
            ["device_class"] = "firmware",
            ["entity_category"] = "config",
            ["title"] = "Talos Edge",
            ["state_topic"] = Topic(o, node.Id, "state"),
            ["availability"] = new JsonArray(new JsonObject { ["topic"] = HubTopic(o) }, new JsonObject { ["topic"] = Topic(o, node.Id, "availability") }),
            ["availability_mode"] = "all",
            ["payload_available"] = Online,
            ["payload_not_available"] = Offline,
            ["qos"] = 1,
        };
        if (o.HomeAssistantInstall)
        {
            config["command_topic"] = Topic(o, node.Id, Install);
            config["payload_install"] = Install;
        }

        return config;
    }

    /// <summary>The state of a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="latest">The bundle it could install; null when there is none.</param>
    /// <param name="hubUrl">Where the hub's pages are.</param>
    public static JsonObject State(NodeView node, BundleRecord? latest, string hubUrl)
    {
        JsonObject state = new();
        Known(state, "installed_version", node.Version);
        Known(state, "latest_version", node.DesiredVersion is { } wanted && IsOpen(node) ? wanted : latest?.Version ?? node.Version);
        state["title"] = "Talos Edge";
        state["in_progress"] = InProgress(node);

        state["update_percentage"] = node.State?.Update is { Phase: UpdatePhase.Writing, Percent: { } percent } ? percent : null;
        Known(state, "release_summary", Short(Summary(node, latest)));
        Known(state, "release_url", node.Rollout is { } rollout ? $"{hubUrl}/rollouts/{rollout}" : null);
        return state;
    }

    /// <summary>Whether the node installs or tries a version now.</summary>
    public static bool InProgress(NodeView node) =>
        node.State?.Update?.Phase is UpdatePhase.Checking or UpdatePhase.Writing or UpdatePhase.Verifying or UpdatePhase.TrialPending or UpdatePhase.Trial
        || node.State?.Desired?.Status is DesiredStatus.Installing or DesiredStatus.Trial;

    private static bool IsOpen(NodeView node) => node.State?.Desired?.Status is not (DesiredStatus.Failed or DesiredStatus.Expired);

    private static string? Summary(NodeView node, BundleRecord? latest) => node.State?.Desired switch
    {
        { Status: DesiredStatus.Waiting or DesiredStatus.Vetoed or DesiredStatus.Failed or DesiredStatus.Expired } d => $"Order {node.DesiredVersion}: {d.Status}{(d.Reason is null ? "" : $": {d.Reason}")}",
        _ when node.State?.Update is { Phase: UpdatePhase.Failed, Message: { } message } => $"The last update failed: {message}",
        _ when latest is not null && latest.Version != node.Version => $"Bundle {latest.Id[..12]}, uploaded {latest.Uploaded:yyyy-MM-dd}",
        _ => null,
    };

    private static void Known(JsonObject document, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            document[name] = value;
        }
    }

    private static string? Short(string? text) => text is null || text.Length <= MaxSummary ? text : text[..MaxSummary];
}
