using Talos.Fleet.Hub.Identity;
using Talos.Fleet.Hub.Store;

namespace Talos.Fleet.Hub;

/// <summary>Drops history that is too old and reads what other hubs revoked.</summary>
internal sealed partial class Housekeeping(FleetStore store, Enrollment enrollment, HubOptions options, TimeProvider time, ILogger<Housekeeping> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (int minute = 0; !stoppingToken.IsCancellationRequested; minute++)
        {
            try
            {
                await enrollment.LoadRevokedAsync(stoppingToken);
                if (minute % 60 == 0)
                {
                    await PruneAsync(stoppingToken);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogFailed(e);
            }

            await Task.Delay(TimeSpan.FromMinutes(1), time, stoppingToken);
        }
    }

    private async Task PruneAsync(CancellationToken ct)
    {
        DateTimeOffset now = time.GetUtcNow();
        await store.WriteAsync(
            s =>
            {
                s.Execute("DELETE FROM ended_sessions WHERE until < @now", ("@now", now));
                WebhookStore.Prune(s, now - Webhooks.Patience - Webhooks.Patience);
            },
            ct);
        foreach ((string table, int days) in new[] { ("telemetry", options.TelemetryDays), ("events", options.EventDays) })
        {
            // In small steps, so that no message of a node waits long.
            int dropped;
            do
            {
                dropped = await store.WriteAsync(
                    s => s.Execute($"DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE received < @t ORDER BY id LIMIT 1000)", ("@t", now.AddDays(-days))), ct);
            }
            while (dropped == 1000);
        }
    }

    [LoggerMessage(LogLevel.Error, "Housekeeping failed; it is tried again in a minute")]
    private partial void LogFailed(Exception e);
}
