using System.Diagnostics.CodeAnalysis;
using Talos.Fleet.Hub.Identity;
using Talos.Fleet.Hub.Messaging;
using Talos.Fleet.Hub.Orders;

namespace Talos.Fleet.Hub.Interop;

/// <summary>What a publisher needs of the hub.</summary>
internal sealed record InteropParts(InteropOptions Options, HubOptions Hub, FleetAuthority Authority, Leader Leader, Refusals Refusals, TimeProvider Time);

/// <summary>Keeps a connection for other systems while this hub is the leading one, and asks the database regularly what changed.</summary>
internal abstract partial class InteropPublisher(InteropParts parts, string kind, ILogger log) : BackgroundService
{
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(30);

    protected InteropParts Parts => parts;

    protected string Kind => kind;

    /// <summary>The Will of the next connection.</summary>
    protected abstract Task<(string Topic, byte[] Payload, bool Retain)> WillAsync(CancellationToken ct);

    /// <summary>The connection stands: subscribe, then say what there is.</summary>
    protected abstract Task BeginAsync(InteropLink link, CancellationToken ct);

    /// <summary>Takes what came since the last call; false: leave and connect again.</summary>
    protected abstract Task<bool> TakeAsync(InteropLink link, IReadOnlyList<InteropMessage> messages, CancellationToken ct);

    /// <summary>Says what changed.</summary>
    protected abstract Task LookAsync(InteropLink link, CancellationToken ct);

    /// <summary>The last words before leaving in order.</summary>
    protected abstract Task EndAsync(InteropLink link, CancellationToken ct);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        TimeSpan pause = TimeSpan.FromSeconds(1);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (parts.Leader.IsLeader)
                {
                    await StayAsync(stoppingToken);
                    pause = TimeSpan.FromSeconds(1);
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                pause = pause * 2 < MaxPause ? pause * 2 : MaxPause;
                LogFailed(kind, parts.Options.Broker.Host, parts.Options.Broker.Port, e.Message, pause);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(pause, parts.Time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task StayAsync(CancellationToken ct)
    {
        (string topic, byte[] payload, bool retain) = await WillAsync(ct);
        using InteropLink link = await InteropLink.ConnectAsync(parts.Options, parts.Authority, parts.Refusals, $"{parts.Hub.Name}-{kind}", kind, topic, payload, retain, ct);
        LogConnected(kind, parts.Options.Broker.Host, parts.Options.Broker.Port);
        try
        {
            await BeginAsync(link, ct);
            long looked = parts.Time.GetTimestamp();
            while (link.IsConnected && parts.Leader.IsLeader)
            {
                List<InteropMessage> messages = await WaitAsync(link, parts.Options.Interval - parts.Time.GetElapsedTime(looked), ct);
                if (messages.Count > 0 && !await TakeAsync(link, messages, ct))
                {
                    break;
                }

                if (parts.Time.GetElapsedTime(looked) >= parts.Options.Interval)
                {
                    looked = parts.Time.GetTimestamp();
                    await LookAsync(link, ct);
                }
            }
        }
        finally
        {
            await LeaveAsync(link);
        }
    }

    /// <summary>Waits for messages, no longer than given.</summary>
    private async Task<List<InteropMessage>> WaitAsync(InteropLink link, TimeSpan most, CancellationToken ct)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task<bool> some = link.Received.WaitToReadAsync(limit.Token).AsTask();
        await Task.WhenAny(some, Task.Delay(most > TimeSpan.Zero ? most : TimeSpan.Zero, parts.Time, limit.Token));
        await limit.CancelAsync();
        await ((Task)some).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ct.ThrowIfCancellationRequested();
        List<InteropMessage> messages = [];
        while (link.Received.TryRead(out InteropMessage? message))
        {
            messages.Add(message);
        }

        return messages;
    }

    [SuppressMessage("Design", "CA1031", Justification = "The connection is given up: whatever fails here, the broker says the Will instead")]
    private async Task LeaveAsync(InteropLink link)
    {
        if (!link.IsConnected)
        {
            return;
        }

        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(5));
        try
        {
            await EndAsync(link, limit.Token);
            await link.LeaveAsync(limit.Token);
        }
        catch (Exception e)
        {
            LogNotLeft(kind, e.Message);
        }
    }

    [LoggerMessage(LogLevel.Information, "Connected for {Kind} to {Host}:{Port}")]
    private partial void LogConnected(string kind, string host, int port);

    [LoggerMessage(LogLevel.Warning, "Broker for {Kind} at {Host}:{Port}: {Problem}; next attempt in {Pause}")]
    private partial void LogFailed(string kind, string host, int port, string problem, TimeSpan pause);

    [LoggerMessage(LogLevel.Warning, "The connection for {Kind} was not left in order: {Problem}")]
    private partial void LogNotLeft(string kind, string problem);
}
