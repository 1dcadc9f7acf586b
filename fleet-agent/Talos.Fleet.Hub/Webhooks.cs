using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Talos.Fleet.Hub;

/// <summary>Posts what people should know to other systems; five attempts each, not kept over a restart of the hub.</summary>
/// <remarks>The body is signed: header <c>Talos-Signature</c> is HMAC-SHA-256 with the content of <c>webhook.key</c> in the data folder.</remarks>
internal sealed partial class Webhooks(HubOptions options, TimeProvider time, ILogger<Webhooks> log) : BackgroundService
{
    private const int Attempts = 5;

    // One for each URL: who does not answer holds up nobody else.
    private readonly IReadOnlyList<(string Url, Channel<string> Queue)> _queues =
        [.. options.Webhooks.Select(u => (u, Channel.CreateBounded<string>(new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropOldest })))];

    /// <summary>Queues a message for every URL.</summary>
    public void Send(string kind, string subject, string text)
    {
        if (options.Webhooks.Count > 0)
        {
            JsonObject body = new() { ["kind"] = kind, ["subject"] = subject, ["text"] = text, ["hub"] = options.Name, ["time"] = time.GetUtcNow().ToString("O") };
            foreach ((_, Channel<string> queue) in _queues)
            {
                queue.Writer.TryWrite(body.ToJsonString());
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Webhooks.Count == 0)
        {
            return;
        }

        byte[] key = Encoding.ASCII.GetBytes(Key());
        using HttpClient client = new() { Timeout = TimeSpan.FromSeconds(10) };
        await Task.WhenAll(_queues.Select(async q =>
        {
            await foreach (string body in q.Queue.Reader.ReadAllAsync(stoppingToken))
            {
                await PostAsync(client, q.Url, body, key, stoppingToken);
            }
        }));
    }

    private async Task PostAsync(HttpClient client, string url, string body, byte[] key, CancellationToken ct)
    {
        string signature = Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(body)));
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                using HttpRequestMessage request = new(HttpMethod.Post, url) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
                request.Headers.Add("Talos-Signature", $"sha256={signature}");
                using HttpResponseMessage response = await client.SendAsync(request, ct);
                response.EnsureSuccessStatusCode();
                return;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
            {
                if (attempt == Attempts)
                {
                    LogGivenUp(url, Attempts, e.Message);
                    return;
                }

                await Task.Delay(TimeSpan.FromSeconds(1 << attempt), time, ct);
            }
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

    [LoggerMessage(LogLevel.Warning, "Webhook {Url}: given up after {Attempts} attempts: {Problem}")]
    private partial void LogGivenUp(string url, int attempts, string problem);
}
