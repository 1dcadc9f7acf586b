using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Talos.Fleet.Hub.Identity;
using Talos.Fleet.Hub.Orders;
using Talos.Fleet.Hub.Store;

namespace Talos.Fleet.Hub;

/// <summary>Posts what people should know to other systems: queued in the transaction of the fact, sent in order for each URL by the hub that leads, at least once.</summary>
/// <remarks>
/// The body is signed: header <c>Talos-Signature</c> is HMAC-SHA-256 with the content of <c>webhook.key</c> in the data folder.
/// A repeat is the same bytes with the same <c>Talos-Id</c>, which is <c>id</c> in the body.
/// </remarks>
internal sealed partial class Webhooks(HubOptions options, FleetStore store, Leader leader, HubMetrics metrics, TimeProvider time, ILogger<Webhooks> log) : BackgroundService
{
    /// <summary>How long a message is tried.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(1);

    // A message that is refused is tried again, since a listener may be set up wrongly; it shall not hold up the others for a day.
    private const int AttemptsWhenRefused = 5;

    // About three hours of pauses: a clock that is set forward does not end the patience at once.
    private const int FewestAttempts = 20;
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(15);

    // One for each URL: who does not answer holds up nobody else.
    private readonly IReadOnlyList<(string Url, SemaphoreSlim Wake)> _targets = [.. options.Webhooks.Distinct().Select(u => (u, new SemaphoreSlim(0, 1)))];

    /// <summary>Queues a message for every URL; part of a transaction. Call <see cref="Wake"/> after it.</summary>
    /// <returns>How many older messages were dropped for it.</returns>
    public int Queue(SqlSession s, string kind, string subject, string text)
    {
        if (_targets.Count == 0)
        {
            return 0;
        }

        string id = Guid.NewGuid().ToString("n");
        DateTimeOffset now = time.GetUtcNow();
        JsonObject body = new() { ["id"] = id, ["kind"] = kind, ["subject"] = subject, ["text"] = text, ["hub"] = options.Name, ["time"] = now.ToString("O") };
        return _targets.Sum(t => WebhookStore.Add(s, t.Url, id, body.ToJsonString(), now));
    }

    /// <summary>Sends soon, and tells of what was dropped.</summary>
    public void Wake(int dropped)
    {
        if (dropped > 0)
        {
            metrics.WebhooksDropped.Add(dropped);
            LogDropped(dropped, WebhookStore.Limit);
        }

        foreach ((_, SemaphoreSlim wake) in _targets)
        {
            try
            {
                wake.Release();
            }
            catch (SemaphoreFullException)
            {
                // Awake already.
            }
        }
    }

    public override void Dispose()
    {
        foreach ((_, SemaphoreSlim wake) in _targets)
        {
            wake.Dispose();
        }

        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_targets.Count == 0)
        {
            return;
        }

        byte[] key = Encoding.ASCII.GetBytes(Key());

        // A redirect would make another request of it, and is no receipt.
        using HttpClient client = new(TlsPolicy.Handler([])) { Timeout = TimeSpan.FromSeconds(10) };
        await Task.WhenAll(_targets.Select(t => RunAsync(client, t.Url, t.Wake, key, stoppingToken)));
    }

    private async Task RunAsync(HttpClient client, string url, SemaphoreSlim wake, byte[] key, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                while (leader.IsLeader && await NextAsync(client, url, key, ct))
                {
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogFailed(e);
            }

            await wake.WaitAsync(TimeSpan.FromSeconds(1), ct);
        }
    }

    /// <summary>One attempt, or a part of the wait for it; false when nothing waits.</summary>
    private async Task<bool> NextAsync(HttpClient client, string url, byte[] key, CancellationToken ct)
    {
        if (await store.ReadAsync(s => WebhookStore.First(s, url), ct) is not { } waiting)
        {
            return false;
        }

        // A rest that is longer than any pause tells that the clock was set back since: it is due.
        if (waiting.NotBefore - time.GetUtcNow() is { Ticks: > 0 } rest && rest <= LongestPause)
        {
            // In small parts: another hub may lead by then.
            await Task.Delay(rest < TimeSpan.FromSeconds(5) ? rest : TimeSpan.FromSeconds(5), time, ct);
            return true;
        }

        (bool refused, string? problem) = await PostAsync(client, url, waiting, key, ct);
        DateTimeOffset now = time.GetUtcNow();
        int attempts = waiting.Attempts + 1;
        if (problem is null)
        {
            metrics.WebhooksSent.Add(1);
        }
        else if ((now - waiting.Queued < Patience || attempts < FewestAttempts) && !(refused && attempts >= AttemptsWhenRefused))
        {
            TimeSpan pause = TimeSpan.FromSeconds(1 << Math.Min(attempts, 10));
            await store.WriteAsync(s => WebhookStore.Failed(s, waiting, now + (pause < LongestPause ? pause : LongestPause)), ct);
            return true;
        }
        else
        {
            metrics.WebhooksDropped.Add(1);
            LogGivenUp(waiting.Message, new Uri(url).Host, attempts, problem);
        }

        await store.WriteAsync(s => WebhookStore.Done(s, waiting), ct);
        return true;
    }

    /// <summary>Whether the listener does not take this message, and why it did not come through; null when it did.</summary>
    private static async Task<(bool Refused, string? Problem)> PostAsync(HttpClient client, string url, WaitingWebhook waiting, byte[] key, CancellationToken ct)
    {
        string signature = Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(waiting.Body)));
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Post, url) { Content = new StringContent(waiting.Body, Encoding.UTF8, "application/json") };
            request.Headers.Add("Talos-Signature", $"sha256={signature}");
            request.Headers.Add("Talos-Id", waiting.Message);
            using HttpResponseMessage response = await client.SendAsync(request, ct);
            int status = (int)response.StatusCode;
            return (status is >= 300 and < 500 and not (408 or 425 or 429), response.IsSuccessStatusCode ? null : $"it answered {status}");
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            return (false, e.Message);
        }
    }

    private string Key()
    {
        string path = Path.Combine(options.Data, "webhook.key");
        if (!File.Exists(path))
        {
            Identity.FleetAuthority.Write(path, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)));
        }

        return File.ReadAllText(path).Trim();
    }

    [LoggerMessage(LogLevel.Warning, "Webhook message {Id} to {Host}: given up after {Attempts} attempts: {Problem}")]
    private partial void LogGivenUp(string id, string host, int attempts, string problem);

    [LoggerMessage(LogLevel.Warning, "{Count} of the oldest webhook messages were dropped: {Limit} wait for a URL at most")]
    private partial void LogDropped(int count, int limit);

    [LoggerMessage(LogLevel.Error, "Webhook messages could not be read or marked; they stay in the database")]
    private partial void LogFailed(Exception e);
}
