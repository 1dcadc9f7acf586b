using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Talos.Network.Dhcp;

/// <summary>What the DHCP client needs of a link.</summary>
internal interface IDhcpTransport : IDisposable
{
    /// <summary>The next message for a DHCP client on this link.</summary>
    Task<DhcpMessage> ReceiveAsync(CancellationToken ct);

    /// <summary>Sends to everybody on the link; a link that is down loses the message.</summary>
    void Broadcast(DhcpMessage message);

    /// <summary>Sends to one server; without a route the message is lost.</summary>
    void Unicast(DhcpMessage message, IPAddress from, IPAddress to);

    /// <summary>Whether another machine has the address.</summary>
    Task<bool> ProbeAsync(IPAddress address, CancellationToken ct);
}

/// <summary>Runs a <see cref="DhcpMachine"/> on a link.</summary>
/// <param name="machine">The machine.</param>
/// <param name="transport">The link; the caller disposes it.</param>
/// <param name="time">The clock; its timestamps only move forward.</param>
internal sealed class DhcpClient(DhcpMachine machine, IDhcpTransport transport, TimeProvider time)
{
    private readonly Channel<Func<TimeSpan, IReadOnlyList<DhcpAction>>> _events =
        Channel.CreateUnbounded<Func<TimeSpan, IReadOnlyList<DhcpAction>>>(new UnboundedChannelOptions { SingleReader = true });

    private readonly long _started = time.GetTimestamp();

    /// <summary>The link came back: asks the server whether the lease still holds.</summary>
    public void Reconfirm() => _events.Writer.TryWrite(machine.Start);

    /// <summary>Runs until cancelled.</summary>
    /// <param name="changed">Called for each grant, loss and notice, one after the other.</param>
    /// <param name="ct">Ends it; nothing is released, so that the same address is asked for after a restart.</param>
    public async Task RunAsync(Action<DhcpAction> changed, CancellationToken ct)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task receiving = ReceiveAsync(stop.Token);
        try
        {
            Perform(machine.Start(Now), changed, stop.Token);
            while (true)
            {
                Func<TimeSpan, IReadOnlyList<DhcpAction>> next = await NextAsync(stop.Token).ConfigureAwait(false);
                Perform(next(Now), changed, stop.Token);
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private TimeSpan Now => time.GetElapsedTime(_started);

    private async Task<Func<TimeSpan, IReadOnlyList<DhcpAction>>> NextAsync(CancellationToken ct)
    {
        if (_events.Reader.TryRead(out Func<TimeSpan, IReadOnlyList<DhcpAction>>? ready))
        {
            return ready;
        }

        TimeSpan left = machine.Deadline == TimeSpan.MaxValue ? Timeout.InfiniteTimeSpan : machine.Deadline - Now;
        if (left <= TimeSpan.Zero && left != Timeout.InfiniteTimeSpan)
        {
            return machine.OnTimer;
        }

        // Timers hold at most 49 days; a lease may be longer.
        left = left > TimeSpan.FromDays(40) ? TimeSpan.FromDays(40) : left;
        using CancellationTokenSource timer = new(left, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, ct);
        try
        {
            return await _events.Reader.ReadAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return machine.OnTimer;
        }
    }

    private void Perform(IReadOnlyList<DhcpAction> actions, Action<DhcpAction> changed, CancellationToken ct)
    {
        foreach (DhcpAction action in actions)
        {
            switch (action)
            {
                case DhcpAction.Broadcast broadcast: transport.Broadcast(broadcast.Message); break;
                case DhcpAction.Unicast unicast: transport.Unicast(unicast.Message, unicast.From, unicast.To); break;
                case DhcpAction.Probe probe: _ = ProbeAsync(probe, ct); break;
                case DhcpAction.Granted or DhcpAction.Lost or DhcpAction.Notice: changed(action); break;
                default: throw new UnreachableException($"{action}");
            }
        }
    }

    private async Task ProbeAsync(DhcpAction.Probe probe, CancellationToken ct)
    {
        bool conflict = false;
        try
        {
            conflict = await transport.ProbeAsync(probe.Address, ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // Without an answer from the link the address is taken to be free.
        }

        _events.Writer.TryWrite(now => machine.OnProbed(conflict, now));
    }

    private async Task ReceiveAsync(CancellationToken ct)
    {
        try
        {
            while (true)
            {
                DhcpMessage message = await transport.ReceiveAsync(ct).ConfigureAwait(false);
                _events.Writer.TryWrite(now => machine.OnMessage(message, now));
            }
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // Ends the loop, which rethrows it.
            _events.Writer.TryComplete(e);
        }
    }
}
