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
        return await store.WriteAsync(
            s => s.Execute(
                "INSERT INTO leases (name, holder, expires) VALUES ('leader', @h, @e) ON CONFLICT (name) DO UPDATE SET holder=@h, expires=@e WHERE leases.holder=@h OR leases.expires < @now",
                ("@h", options.Name), ("@e", now + Lease), ("@now", now)) > 0,
            ct);
    }

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
