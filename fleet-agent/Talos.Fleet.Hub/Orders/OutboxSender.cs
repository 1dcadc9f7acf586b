using Talos.Fleet.Hub.Messaging;
using Talos.Fleet.Hub.Store;

namespace Talos.Fleet.Hub.Orders;

/// <summary>Sends what transactions left in the outbox, in order, and forgets it once the broker has it. A crash in between repeats the same bytes.</summary>
internal sealed partial class OutboxSender(FleetStore store, IBroker broker, Leader leader, HubMetrics metrics, TimeProvider time, ILogger<OutboxSender> log) : BackgroundService
{
    private const int Batch = 500;
    private readonly SemaphoreSlim _wake = new(0, 1);

    /// <summary>Sends soon.</summary>
    public void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Awake already.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (leader.IsLeader && broker.IsReady && await SendAsync(stoppingToken))
                {
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogFailed(e);
                await Task.Delay(TimeSpan.FromSeconds(1), time, stoppingToken);
            }

            await _wake.WaitAsync(TimeSpan.FromSeconds(1), stoppingToken);
        }
    }

    /// <summary>One batch; true when there may be more.</summary>
    private async Task<bool> SendAsync(CancellationToken ct)
    {
        DateTimeOffset now = time.GetUtcNow();
        List<(long Id, string Topic, byte[] Payload, bool Retain, DateTimeOffset? Expires)> rows = await store.ReadAsync(
            s => s.Query("SELECT id, topic, payload, retain, expires FROM outbox ORDER BY id LIMIT @l", r => (r.Number(0), r.Text(1), r.Bytes(2)!, r.Flag(3), r.TimeOrNull(4)), ("@l", Batch)), ct);
        if (rows.Count == 0)
        {
            return false;
        }

        foreach ((_, string topic, byte[] payload, bool retain, DateTimeOffset? expires) in rows)
        {
            if (expires is null || expires > now)
            {
                await broker.PublishAsync(topic, payload, retain, expires - now, ct);
                metrics.Sent.Add(1);
            }
        }

        // Row by row: with a shared database a lower number may become visible after a higher one.
        await store.WriteAsync(
            s =>
            {
                foreach (var row in rows)
                {
                    s.Execute("DELETE FROM outbox WHERE id=@id", ("@id", row.Id));
                }
            },
            ct);
        return rows.Count == Batch;
    }

    [LoggerMessage(LogLevel.Warning, "Orders could not be sent; they stay in the outbox")]
    private partial void LogFailed(Exception e);
}
