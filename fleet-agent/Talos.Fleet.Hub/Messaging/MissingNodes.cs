using System.Buffers;
using Talos.Fleet.Hub.Store;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Messaging;

/// <summary>Finds nodes that were connected when the hub ended and did not come back: with the embedded broker their Wills ended with it.</summary>
internal sealed partial class MissingNodes(FleetStore store, Ingest ingest, EmbeddedBroker broker, HubOptions options, TimeProvider time, ILogger<MissingNodes> log) : BackgroundService
{
    /// <summary>Says of each node that counts as online and is not connected what its Will would have said.</summary>
    /// <returns>How many there were.</returns>
    internal async Task<int> SweepAsync(CancellationToken ct)
    {
        List<(string Node, string Json)> online = await store.ReadAsync(
            s => s.Query("SELECT id, presence_json FROM nodes WHERE presence=@p AND presence_json IS NOT NULL", r => (r.Text(0), r.Text(1)), ("@p", PresenceStatus.Online)), ct);
        int missing = 0;
        foreach ((string node, string json) in online.Where(o => !broker.IsConnected(o.Node)))
        {
            if (FleetMessages.ReadPresence(System.Text.Encoding.UTF8.GetBytes(json)) is { IsGood: true, Value: { } said })
            {
                // With the time of the connection, as a Will has it: a node that comes back at this moment says something younger.
                byte[] will = FleetMessages.Write(said with { Status = PresenceStatus.Lost, Reason = "not back since the hub started" });
                await await ingest.SubmitAsync(new FleetTopic(node, TopicKind.Presence).ToString(), new ReadOnlySequence<byte>(will), ct);
                missing++;
            }
        }

        return missing;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Delay(FleetDefaults.LongestPause + options.WillDelay, time, stoppingToken);
        if (await SweepAsync(stoppingToken) is > 0 and var missing)
        {
            LogMissing(missing);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Count} nodes that were connected when the hub ended did not come back; they count as lost")]
    private partial void LogMissing(int count);
}
