using Talos.Fleet.Hub.Identity;
using Talos.Fleet.Hub.Store;

namespace Talos.Fleet.Hub;

/// <summary>Drops history that is too old and reads what other hubs revoked.</summary>
/// <remarks>
/// What is too old is told by dates: while the clock was set by more than a day within the last day, nothing is dropped, since a
/// clock that is years ahead would drop all of it.
/// </remarks>
internal sealed partial class Housekeeping(FleetStore store, Enrollment enrollment, HubOptions options, TimeProvider time, ILogger<Housekeeping> log) : BackgroundService
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private (DateTimeOffset Shown, long At)? _seen;
    private long? _jumped;

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
        if (Jumped(now))
        {
            LogJumped(now);
            return;
        }

        await store.WriteAsync(
            s =>
            {
                s.Execute("DELETE FROM ended_sessions WHERE until < @now", ("@now", now));
                s.Execute("UPDATE commands SET payload=@none WHERE not_after < @now AND length(payload) > 0", ("@none", Array.Empty<byte>()), ("@now", now));
                UsageStore.Prune(s, now);
                BootStore.Settle(s, now);
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

    internal bool Jumped(DateTimeOffset now)
    {
        if (_seen is { } seen && (now - seen.Shown - time.GetElapsedTime(seen.At)).Duration() > Day)
        {
            _jumped = time.GetTimestamp();
        }

        _seen = (now, time.GetTimestamp());
        return _jumped is { } at && time.GetElapsedTime(at) < Day;
    }

    [LoggerMessage(LogLevel.Warning, "The clock was set to {Now:O}: no history is dropped for a day")]
    private partial void LogJumped(DateTimeOffset now);

    [LoggerMessage(LogLevel.Error, "Housekeeping failed; it is tried again in a minute")]
    private partial void LogFailed(Exception e);
}
