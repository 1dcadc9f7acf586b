using System.Net;
using System.Net.Sockets;

namespace Talos.Trustd;

/// <summary>The addresses behind the control plane's endpoint, so that other nodes of the control plane keep theirs. Asked rarely and never for long.</summary>
/// <param name="time">The clock.</param>
/// <param name="resolve">Asks for the addresses of a name.</param>
internal sealed class ControlPlaneAddresses(TimeProvider time, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
{
    private const int MostAddresses = 32;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private string _host = "";
    private Task<IPAddress[]> _known = Task.FromResult<IPAddress[]>([]);
    private long _asked;

    /// <summary>The addresses as they were last learned; none for an address, and while the name cannot be resolved.</summary>
    public async Task<IReadOnlyList<IPAddress>> OfAsync(string host, CancellationToken ct)
    {
        if (host.Length == 0 || IPAddress.TryParse(host, out _))
        {
            return [];
        }

        Task<IPAddress[]> known;
        lock (_gate)
        {
            if (_host != host)
            {
                (_host, _known, _asked) = (host, Task.FromResult<IPAddress[]>([]), 0);
            }

            if (_asked == 0 || time.GetElapsedTime(_asked) >= Fresh)
            {
                (_asked, _known) = (Math.Max(1, time.GetTimestamp()), AskAsync(host, _known));
            }

            known = _known;
        }

        return await known.WaitAsync(ct);
    }

    // Those who ask meanwhile wait for the same answer; what was known before holds while there is none.
    private async Task<IPAddress[]> AskAsync(string host, Task<IPAddress[]> before)
    {
        using CancellationTokenSource limit = new(Limit, time);
        try
        {
            return [.. (await resolve(host, limit.Token).WaitAsync(limit.Token)).Take(MostAddresses)];
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return await before;
        }
    }
}
