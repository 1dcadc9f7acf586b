using System.Net.Sockets;
using System.Threading.Channels;
using Talos.Resources.Network;

namespace Talos.Network.Dhcp;

/// <summary>A DHCP client at work on a link.</summary>
internal sealed class DhcpRun
{
    private readonly CancellationTokenSource _stop;
    private readonly DhcpClient _client;
    private readonly LinkStatus _link;
    private bool _carrier = true;
    private volatile DhcpLease? _lease;

    /// <summary>Starts the client.</summary>
    /// <param name="spec">What is wanted.</param>
    /// <param name="link">The link as it is.</param>
    /// <param name="client">The client.</param>
    /// <param name="transport">Disposed when the client ends.</param>
    /// <param name="changed">Called after each change of the lease, with each notice, and with null when the client ends by itself.</param>
    /// <param name="ct">Ends it.</param>
    public DhcpRun(
        OperatorSpec spec, LinkStatus link, DhcpClient client, IDhcpTransport transport, Action<DhcpRun, DhcpAction?> changed, CancellationToken ct)
    {
        Spec = spec;
        _link = link;
        _client = client;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task = RunAsync(transport, changed, _stop.Token);
    }

    /// <summary>What is wanted.</summary>
    public OperatorSpec Spec { get; }

    /// <summary>The lease that may be used; null when none.</summary>
    public DhcpLease? Lease => _lease;

    /// <summary>The work; it ends by itself only when it fails.</summary>
    public Task Task { get; }

    /// <summary>Whether it does what is wanted on the link as it is.</summary>
    public bool Fits(OperatorSpec spec, LinkStatus link) =>
        spec == Spec && link.Index == _link.Index && link.HardwareAddr == _link.HardwareAddr;

    /// <summary>Takes note of the carrier; when it comes back the lease is confirmed anew.</summary>
    /// <returns>Whether it came back.</returns>
    public bool SeeCarrier(bool carrier)
    {
        bool back = carrier && !_carrier;
        _carrier = carrier;
        if (back)
        {
            _client.Reconfirm();
        }

        return back;
    }

    /// <summary>Ends it.</summary>
    /// <returns>Why it had failed; null when it had not.</returns>
    public async Task<Exception?> StopAsync()
    {
        await _stop.CancelAsync();
        await Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        return Task.Exception?.InnerException;
    }

    private async Task RunAsync(IDhcpTransport transport, Action<DhcpRun, DhcpAction?> changed, CancellationToken ct)
    {
        await System.Threading.Tasks.Task.Yield();
        try
        {
            await _client.RunAsync(
                action =>
                {
                    _lease = action switch
                    {
                        DhcpAction.Granted granted => granted.Lease,
                        DhcpAction.Lost => null,
                        _ => _lease,
                    };
                    changed(this, action);
                },
                ct);
        }
        catch (Exception e) when (e is IOException or SocketException or ChannelClosedException)
        {
            _lease = null;
            throw;
        }
        finally
        {
            transport.Dispose();
            if (!ct.IsCancellationRequested)
            {
                changed(this, null);
            }
        }
    }
}
