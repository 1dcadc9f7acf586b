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

    private readonly SemaphoreSlim _gate = new(1);
    private string _host = "";
    private IPAddress[] _known = [];
    private long _asked;

    /// <summary>The addresses as they were last learned; none for an address, and while the name cannot be resolved.</summary>
    public async Task<IReadOnlyList<IPAddress>> OfAsync(string host, CancellationToken ct)
    {
        if (host.Length == 0 || IPAddress.TryParse(host, out _))
        {
            return [];
        }

        await _gate.WaitAsync(ct);
        try
        {
            if (_host != host)
            {
                (_host, _known, _asked) = (host, [], 0);
            }

            if (_asked == 0 || time.GetElapsedTime(_asked) >= Fresh)
            {
                _asked = Math.Max(1, time.GetTimestamp());
                _known = [.. (await AskAsync(host, ct) ?? _known).Take(MostAddresses)];
            }

            return _known;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<IPAddress[]?> AskAsync(string host, CancellationToken ct)
    {
        using CancellationTokenSource limit = new(Limit, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            return await resolve(host, ending.Token).WaitAsync(ending.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            return null;
        }
    }
}
