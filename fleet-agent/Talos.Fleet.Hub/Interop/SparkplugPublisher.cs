using Talos.Fleet.Hub.Store;
using Talos.Fleet.Sparkplug;

namespace Talos.Fleet.Hub.Interop;

/// <summary>The hub as an edge node of Sparkplug, the nodes as its devices.</summary>
internal sealed class SparkplugPublisher(InteropParts parts, FleetStore store, ILogger<SparkplugPublisher> log) : InteropPublisher(parts, "sparkplug", log)
{
    private readonly EdgeNode _edge = new(parts.Options.Sparkplug!, parts.Options.SparkplugHost);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private FleetWatch _watch = new(store, parts.Time);
    private byte _bdSeq;

    private DateTimeOffset Now => Parts.Time.GetUtcNow();

    /// <remarks>The number is in the database: it goes on after a restart and when another hub leads.</remarks>
    protected override async Task<(string Topic, byte[] Payload, bool Retain)> WillAsync(CancellationToken ct)
    {
        _bdSeq = (byte)(await store.WriteAsync(
            s => s.Number("INSERT INTO interop (name, value) VALUES ('bdSeq', 0) ON CONFLICT (name) DO UPDATE SET value = (interop.value + 1) % 256 RETURNING value"), ct))!.Value;
        SparkplugMessage death = _edge.Death(_bdSeq, Now);
        return (death.Topic, death.Payload, false);
    }

    protected override async Task BeginAsync(InteropLink link, CancellationToken ct)
    {
        foreach (string filter in _edge.Subscriptions)
        {
            await link.SubscribeAsync(filter, ct);
        }

        _edge.Disconnected();
        _watch = new FleetWatch(store, Parts.Time);
        await LookAsync(link, ct);
        await SendAsync(link, _edge.Connected(_bdSeq, Now), ct);
    }

    protected override async Task<bool> TakeAsync(InteropLink link, IReadOnlyList<InteropMessage> messages, CancellationToken ct)
    {
        bool births = false;
        foreach (InteropMessage message in messages)
        {
            if (message.Topic == Parts.Options.Sparkplug!.CommandTopic)
            {
                string? problem = message.Retained ? "is retained: it may be of any time" : NodeCommand.Problem(message.Payload);
                if (problem is null)
                {
                    births |= _edge.IsBorn;
                }
                else
                {
                    Parts.Refusals.Count(message.Topic, Kind, "command", problem);
                }

                continue;
            }

            switch (_edge.Host(message.Payload))
            {
                case HostCall.Birth:
                    await SendAsync(link, _edge.Births(Now), ct);
                    break;
                case HostCall.Leave:
                    return false;
                case HostCall.Bad:
                    Parts.Refusals.Count(message.Topic, Kind, "state", "is no state of a host application");
                    break;
                case HostCall.Nothing:
                    break;
            }
        }

        if (births)
        {
            // Any number of commands that came together get one answer.
            await SendAsync(link, _edge.Births(Now), ct);
        }

        return true;
    }

    protected override async Task LookAsync(InteropLink link, CancellationToken ct)
    {
        (HashSet<string> all, List<NodeView> changed) = await _watch.LookAsync(ct);
        foreach (string gone in _known.Where(n => !all.Contains(n)).ToList())
        {
            _known.Remove(gone);
            await SendAsync(link, _edge.Forget(gone, Now), ct);
        }

        foreach (NodeView node in changed)
        {
            _known.Add(node.Id);
            await SendAsync(link, node.IsOnline ? _edge.Show(node.Id, NodeMetrics.Of(node), Now) : _edge.Hide(node.Id, Now), ct);
        }
    }

    protected override async Task EndAsync(InteropLink link, CancellationToken ct)
    {
        _edge.Disconnected();
        SparkplugMessage death = _edge.Death(_bdSeq, Now);
        await link.PublishAsync(death.Topic, death.Payload, certain: true, retain: false, ct);
    }

    private static async Task SendAsync(InteropLink link, List<SparkplugMessage> messages, CancellationToken ct)
    {
        foreach (SparkplugMessage message in messages)
        {
            await link.PublishAsync(message.Topic, message.Payload, certain: false, retain: false, ct);
        }
    }
}
