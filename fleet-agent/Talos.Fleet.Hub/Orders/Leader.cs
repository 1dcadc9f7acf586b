using Talos.Fleet.Hub.Store;

namespace Talos.Fleet.Hub.Orders;

/// <summary>Of hubs that share a database, the one that moves rollouts and sends orders. Two at once would do no harm, only double work.</summary>
internal sealed partial class Leader(FleetStore store, HubOptions options, TimeProvider time, ILogger<Leader> log) : BackgroundService
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);
    private volatile bool _leader;

    public bool IsLeader => _leader;

    public async Task<bool> TryAsync(CancellationToken ct)
    {
        DateTimeOffset now = time.GetUtcNow();
        (string Holder, DateTimeOffset Expires)? found = await store.ReadAsync(s => s.Query("SELECT holder, expires FROM leases WHERE name='leader'", r => ((string, DateTimeOffset)?)(r.Text(0), r.Time(1))).FirstOrDefault(), ct);
        if (found != _seen)
        {
            (_seen, _seenAt) = (found, time.GetTimestamp());
        }

        // Dates of another hub count for little: its clock may be years ahead. One that lives renews; who does not within two leases is gone.
        bool gone = found is not null && time.GetElapsedTime(_seenAt) >= Lease * 2;
        return await store.WriteAsync(
            s => s.Execute(
                "INSERT INTO leases (name, holder, expires) VALUES ('leader', @h, @e) ON CONFLICT (name) DO UPDATE SET holder=@h, expires=@e WHERE leases.holder=@h OR leases.expires < @now OR (@gone=1 AND leases.holder=@was AND leases.expires=@until)",
                ("@h", options.Name), ("@e", now + Lease), ("@now", now), ("@gone", gone), ("@was", found?.Holder ?? ""), ("@until", found?.Expires ?? now)) > 0,
            ct);
    }

    private (string Holder, DateTimeOffset Expires)? _seen;
    private long _seenAt;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        _leader = await TryAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Lease / 4, time, stoppingToken);
            try
            {
                bool now = await TryAsync(stoppingToken);
                if (now != _leader)
                {
                    LogChanged(options.Name, now ? "moves rollouts from now on" : "leaves rollouts to another hub");
                }

                _leader = now;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                _leader = false;
                LogFailed(e);
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "Hub {Name} {What}")]
    private partial void LogChanged(string name, string what);

    [LoggerMessage(LogLevel.Error, "The lease of rollouts could not be renewed")]
    private partial void LogFailed(Exception e);
}
