using Talos.Config;
using Talos.Cosi;
using Talos.Machined.Watchdogs;

namespace Talos.Machined.Updates;

/// <summary>What the trial asks of the node beyond its resources, and does to it.</summary>
internal interface ITrialNode
{
    /// <summary>Controllers that fail again and again.</summary>
    IReadOnlyList<string> FailingControllers { get; }

    /// <summary>Whether machined's own API answers.</summary>
    Task<bool> ApiAnswersAsync(CancellationToken ct);

    /// <summary>Asks a probe.</summary>
    /// <returns>Null when it answered well, else one sentence.</returns>
    Task<string?> ProbeAsync(UpdateProbe probe, CancellationToken ct);

    /// <summary>Brings the node down in order and restarts it.</summary>
    void Restart();
}

/// <inheritdoc/>
/// <param name="controllers">The controller runtime.</param>
/// <param name="socketPath">The socket of the API.</param>
/// <param name="restart">Restarts the node.</param>
internal sealed class TrialNode(ControllerRuntime controllers, string socketPath, Action restart) : ITrialNode, IDisposable
{
    private static readonly TimeSpan ApiLimit = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.FromMinutes(1) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public IReadOnlyList<string> FailingControllers => controllers.Failing;

    public async Task<bool> ApiAnswersAsync(CancellationToken ct)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(ApiLimit);
        try
        {
            await ApiPulse.AskAsync(socketPath, limit.Token);
            return true;
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return false;
        }
    }

    public async Task<string?> ProbeAsync(UpdateProbe probe, CancellationToken ct)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(probe.Timeout);
        try
        {
            using HttpResponseMessage answer = await _http.GetAsync(probe.Url, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return answer.IsSuccessStatusCode ? null : $"probe {probe.Name}: {probe.Url} answers {(int)answer.StatusCode}";
        }
        catch (HttpRequestException e)
        {
            return $"probe {probe.Name}: {probe.Url}: {e.InnerException?.Message ?? e.Message}";
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return $"probe {probe.Name}: {probe.Url} did not answer within {probe.Timeout.TotalSeconds:0} s";
        }
    }

    public void Restart() => restart();

    public void Dispose() => _http.Dispose();
}
