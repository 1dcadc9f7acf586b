using System.Text;
using Talos.Fleet.Api;
using Talos.Fleet.Hub.Store;

namespace Talos.Fleet.Hub.Interop;

/// <summary>Shows every node to Home Assistant as a device with an update.</summary>
internal sealed partial class HomeAssistantPublisher(InteropParts parts, FleetStore store, InstallOrders orders, ILogger<HomeAssistantPublisher> log) : InteropPublisher(parts, "home-assistant", log)
{
    private readonly ILogger _log = log;
    private readonly Dictionary<string, NodeView> _nodes = new(StringComparer.Ordinal);

    /// <summary>What the broker holds of this hub, as far as this connection knows.</summary>
    private readonly Dictionary<string, string> _published = new(StringComparer.Ordinal);
    private string _offered = "";
    private FleetWatch _watch = new(store, parts.Time);

    private InteropOptions Options => Parts.Options;

    protected override Task<(string Topic, byte[] Payload, bool Retain)> WillAsync(CancellationToken ct) =>
        Task.FromResult((HomeAssistantDocuments.HubTopic(Options), Encoding.UTF8.GetBytes(HomeAssistantDocuments.Offline), true));

    protected override async Task BeginAsync(InteropLink link, CancellationToken ct)
    {
        _published.Clear();
        _watch = new FleetWatch(store, Parts.Time);

        // The broker answers with the configs it holds: those of nodes that are gone meanwhile are withdrawn.
        await link.SubscribeAsync(HomeAssistantDocuments.ConfigFilter(Options), ct);
        if (Options.HomeAssistantInstall)
        {
            await link.SubscribeAsync(HomeAssistantDocuments.Topic(Options, "+", HomeAssistantDocuments.Install), ct);
        }

        await LookAsync(link, ct);
        await SayAsync(link, HomeAssistantDocuments.HubTopic(Options), HomeAssistantDocuments.Online, ct);
    }

    protected override async Task<bool> TakeAsync(InteropLink link, IReadOnlyList<InteropMessage> messages, CancellationToken ct)
    {
        foreach (InteropMessage message in messages)
        {
            if (HomeAssistantDocuments.NodeOfConfig(Options, message.Topic) is { } configured)
            {
                if (message.Payload.Length > 0 && !_nodes.ContainsKey(configured))
                {
                    await WithdrawAsync(link, configured, ct);
                }
            }
            else if (Options.HomeAssistantInstall && HomeAssistantDocuments.NodeOfCommand(Options, message.Topic) is { } node)
            {
                string? problem = message.Retained ? "is retained: it may be of any time"
                    : Encoding.UTF8.GetString(message.Payload) != HomeAssistantDocuments.Install ? $"is not {HomeAssistantDocuments.Install}"
                    : !_nodes.TryGetValue(node, out NodeView? view) ? "is for no enrolled node"
                    : await orders.OrderAsync(view, ct);
                if (problem is null)
                {
                    LogOrdered(node);
                }
                else
                {
                    Parts.Refusals.Count(message.Topic, Kind, "command", problem);
                }
            }
        }

        return true;
    }

    protected override async Task LookAsync(InteropLink link, CancellationToken ct)
    {
        (HashSet<string> all, List<NodeView> changed) = await _watch.LookAsync(ct);
        changed.ForEach(n => _nodes[n.Id] = n);
        Dictionary<string, BundleRecord> latest = await orders.LatestAsync(ct);
        foreach (string gone in _nodes.Keys.Where(n => !all.Contains(n)).ToList())
        {
            _nodes.Remove(gone);
            await WithdrawAsync(link, gone, ct);
        }

        // A bundle that was uploaded or is held back changes nodes that said nothing.
        string offered = string.Join('\n', latest.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key} {l.Value.Id}"));
        IEnumerable<NodeView> concerned = offered == _offered ? changed : _nodes.Values;
        _offered = offered;
        foreach (NodeView node in concerned)
        {
            string hub = Parts.Hub.PublicUrl;
            await SayAsync(link, HomeAssistantDocuments.ConfigTopic(Options, node.Id), HomeAssistantDocuments.Discovery(Options, node, hub).ToJsonString(), ct);
            await SayAsync(link, HomeAssistantDocuments.Topic(Options, node.Id, "state"), HomeAssistantDocuments.State(node, latest.GetValueOrDefault(node.Board), hub).ToJsonString(), ct);
            await SayAsync(link, HomeAssistantDocuments.Topic(Options, node.Id, "availability"), node.IsOnline ? HomeAssistantDocuments.Online : HomeAssistantDocuments.Offline, ct);
        }
    }

    protected override Task EndAsync(InteropLink link, CancellationToken ct) => SayAsync(link, HomeAssistantDocuments.HubTopic(Options), HomeAssistantDocuments.Offline, ct);

    /// <summary>An empty retained message takes away what the broker holds.</summary>
    private async Task WithdrawAsync(InteropLink link, string node, CancellationToken ct)
    {
        foreach (string topic in new[] { HomeAssistantDocuments.ConfigTopic(Options, node), HomeAssistantDocuments.Topic(Options, node, "state"), HomeAssistantDocuments.Topic(Options, node, "availability") })
        {
            await link.PublishAsync(topic, [], certain: true, retain: true, ct);
            _published.Remove(topic);
        }

        LogWithdrawn(node);
    }

    private async Task SayAsync(InteropLink link, string topic, string text, CancellationToken ct)
    {
        if (_published.TryGetValue(topic, out string? before) && before == text)
        {
            return;
        }

        await link.PublishAsync(topic, Encoding.UTF8.GetBytes(text), certain: true, retain: true, ct);
        _published[topic] = text;
    }

    [LoggerMessage(LogLevel.Information, "Home Assistant ordered the latest version for node {Node}")]
    private partial void LogOrdered(string node);

    [LoggerMessage(LogLevel.Information, "Node {Node} is withdrawn from Home Assistant")]
    private partial void LogWithdrawn(string node);
}
