using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Talos.Fleet.Api;
using Talos.Fleet.Hub.Identity;
using Talos.Fleet.Hub.Store;
using Talos.Fleet.Protocol;
using Talos.Fleet.Rollouts;

namespace Talos.Fleet.Hub.Tests;

/// <summary>A hub process that is killed while it has something to tell.</summary>
[Trait("Category", "Integration")]
public sealed class KilledHubTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hub-killed-").FullName;
    private readonly HookListener _listener = new();
    private readonly HubOptions _options;
    private Process? _process;

    public KilledHubTests() => _options = new HubOptions { Data = Path.Combine(_folder, "data"), HttpsPort = RunningHub.FreePort(), MqttPort = RunningHub.FreePort(), Names = ["localhost"] };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await _listener.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task What_was_queued_before_a_kill_comes_after_the_next_start_in_its_order_and_with_the_same_number()
    {
        await _listener.StartAsync();
        using ManualResetEventSlim held = new();
        _listener.Answer = (_, attempt) =>
        {
            if (attempt == 1)
            {
                held.Wait(TimeSpan.FromSeconds(30), Token);
            }

            return 200;
        };
        using FleetAuthority authority = FleetAuthority.Open(_options, DateTimeOffset.UtcNow);
        using FleetStore store = new(new SqlDialect.Sqlite(Path.Combine(_options.Data, "hub.db")));
        await store.WriteAsync(s => s.Execute("INSERT INTO nodes (id, enrolled, board, version) VALUES ('n-1', @t, 'b', '1.0.0')", ("@t", DateTimeOffset.UtcNow)), Token);
        using HttpClient admin = Admin(authority);

        await StartAsync(admin);
        RolloutPlan plan = new() { Name = "r", Version = "2.0.0", BundleId = new string('a', 64), Url = "https://h/b" };
        using HttpResponseMessage made = await admin.PostAsync(new Uri("/api/v1/rollouts", UriKind.Relative), JsonContent.Create(plan, HubJson.Default.RolloutPlan), Token);
        string id = (await made.Content.ReadFromJsonAsync(HubJson.Default.RolloutView, Token))!.Id;
        using HttpResponseMessage paused = await admin.PostAsync(new Uri($"/api/v1/rollouts/{id}/pause", UriKind.Relative), null, Token);
        using HttpResponseMessage aborted = await admin.PostAsync(new Uri($"/api/v1/rollouts/{id}/abort", UriKind.Relative), null, Token);
        Assert.True(await _listener.Posted.WaitAsync(TimeSpan.FromSeconds(20), Token));
        await RunningHub.UntilAsync(async () => await WaitingAsync() >= 2);
        long queued = await WaitingAsync();
        await KillAsync();
        held.Set();
        long kept = await WaitingAsync();
        await StartAsync(admin);
        await RunningHub.UntilAsync(async () => await WaitingAsync() == 0);

        Assert.Equal(HttpStatusCode.OK, aborted.StatusCode);
        Assert.Equal(queued, kept);
        List<(string Path, string Signature, string Id, string Body)> posts = [.. _listener.Posts];
        Assert.Equal(queued + 1, posts.Count);
        Assert.Equal(posts[0], posts[1]);
        Assert.Equal(queued, posts.Select(p => p.Id).Distinct().Count());
        Assert.Contains("Aborted", (string)JsonNode.Parse(posts[^1].Body)!["text"]!, StringComparison.Ordinal);

        Task<long> WaitingAsync() => store.ReadAsync(WebhookStore.Waiting, Token);
    }

    private async Task StartAsync(HttpClient admin)
    {
        ProcessStartInfo start = new(
            Path.Combine(AppContext.BaseDirectory, "talos-hub"),
            [
                "--data", _options.Data, "--https", _options.HttpsPort.ToString(CultureInfo.InvariantCulture), "--mqtt", _options.MqttPort.ToString(CultureInfo.InvariantCulture),
                "--listen", "127.0.0.1", "--names", "localhost", "--webhooks", _listener.Url("/hook"),
            ])
        { RedirectStandardOutput = true };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        await RunningHub.UntilAsync(async () =>
        {
            try
            {
                using HttpResponseMessage answer = await admin.GetAsync(new Uri("/healthz", UriKind.Relative), Token);
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
    }

    private async Task KillAsync()
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            process.Dispose();
            _process = null;
        }
    }

    private HttpClient Admin(FleetAuthority authority)
    {
        string pem = authority.IssuePerson("eve", FleetRole.Admin, 1, DateTimeOffset.UtcNow);
        using X509Certificate2 read = X509Certificate2.CreateFromPem(pem, pem);
        SslClientAuthenticationOptions tls = new()
        {
            CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { authority.Certificate }, RevocationMode = X509RevocationMode.NoCheck },
            ClientCertificateContext = SslStreamCertificateContext.Create(X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), null), null),
        };
        return new HttpClient(new SocketsHttpHandler { SslOptions = tls }) { BaseAddress = new Uri($"https://localhost:{_options.HttpsPort}") };
    }
}
