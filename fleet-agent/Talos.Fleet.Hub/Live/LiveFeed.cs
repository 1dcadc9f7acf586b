using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using Talos.Fleet.Api;
using Talos.Fleet.Hub.Orders;
using Talos.Fleet.Hub.Store;

namespace Talos.Fleet.Hub.Live;

/// <summary>One message of the live stream: as JSON, and the record it is of.</summary>
internal sealed record LiveMessage(string Name, string Json, object Value);

/// <summary>Tells who listens what changes. Nobody waits for a slow listener: it loses messages and is told how many.</summary>
internal sealed class LiveFeed
{
    private const int Waiting = 512;
    private readonly ConcurrentDictionary<Listener, bool> _listeners = new();

    public bool HasListeners => !_listeners.IsEmpty;

    public Listener Listen(string? node, string? rollout)
    {
        Listener listener = new(this, node, rollout);
        _listeners[listener] = true;
        return listener;
    }

    public void Publish<T>(string name, T value, JsonTypeInfo<T> type, string? node = null, string? rollout = null)
        where T : class
    {
        if (_listeners.IsEmpty)
        {
            return;
        }

        LiveMessage message = new(name, JsonSerializer.Serialize(value, type), value);
        foreach (Listener listener in _listeners.Keys)
        {
            listener.Offer(message, node, rollout);
        }
    }

    public async Task PublishNodesAsync(IReadOnlyCollection<string> nodes, FleetStore store, CancellationToken ct)
    {
        if (_listeners.IsEmpty || nodes.Count == 0)
        {
            return;
        }

        foreach (NodeSummary node in await store.ReadAsync(s => nodes.Select(n => NodeStore.Find(s, n)).OfType<NodeSummary>().ToList(), ct))
        {
            Publish("node", node, HubJson.Default.NodeSummary, node.Id);
        }
    }

    public async Task PublishCommandsAsync(IReadOnlyCollection<(string Node, string Id)> commands, FleetStore store, CancellationToken ct)
    {
        if (_listeners.IsEmpty || commands.Count == 0)
        {
            return;
        }

        foreach (CommandRecord command in await store.ReadAsync(s => commands.Select(c => OrderStore.Find(s, c.Node, c.Id)).OfType<CommandRecord>().ToList(), ct))
        {
            Publish("command", command, HubJson.Default.CommandRecord, command.Node);
        }
    }

    /// <summary>One listener.</summary>
    internal sealed class Listener(LiveFeed feed, string? node, string? rollout) : IDisposable
    {
        private readonly Channel<LiveMessage> _messages = Channel.CreateBounded<LiveMessage>(new BoundedChannelOptions(Waiting) { SingleReader = true });
        private int _missed;

        public ChannelReader<LiveMessage> Reader => _messages.Reader;

        /// <summary>How many messages were lost since it was asked last.</summary>
        public int TakeMissed() => Interlocked.Exchange(ref _missed, 0);

        public void Offer(LiveMessage message, string? ofNode, string? ofRollout)
        {
            bool wanted = (node is null && rollout is null) || (node is not null && node == ofNode) || (rollout is not null && rollout == ofRollout);
            if (wanted && !_messages.Writer.TryWrite(message))
            {
                Interlocked.Increment(ref _missed);
            }
        }

        public void Dispose() => feed._listeners.TryRemove(this, out _);
    }
}
