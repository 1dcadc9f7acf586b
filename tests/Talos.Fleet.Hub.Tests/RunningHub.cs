using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using MQTTnet;
using MQTTnet.Protocol;
using Talos.Fleet.Api;
using Talos.Fleet.Hub.Identity;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Tests;

/// <summary>A whole hub on ports of the loopback.</summary>
internal sealed class RunningHub : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hub-running-").FullName;
    private readonly WebApplication _app;

    private RunningHub(Func<HubOptions, HubOptions>? change, TimeProvider time)
    {
        HubOptions options = new()
        {
            Data = Path.Combine(_folder, "data"),
            Listen = IPAddress.Loopback,
            HttpsPort = FreePort(),
            MqttPort = FreePort(),
            Names = ["localhost", "127.0.0.1"],
            WillDelay = TimeSpan.Zero,
        };
        Options = change?.Invoke(options) ?? options;
        _app = Hub.Build(Options, time);
        Admin = Client(LoadAdmin());
        Nobody = Client(null);
    }

    public HubOptions Options { get; }

    public HttpClient Admin { get; }

    public HttpClient Nobody { get; }

    public FleetAuthority Authority => _app.Services.GetRequiredService<FleetAuthority>();

    public Store.FleetStore Store => _app.Services.GetRequiredService<Store.FleetStore>();

    public Messaging.MissingNodes Missing => _app.Services.GetRequiredService<Messaging.MissingNodes>();

    public IServiceProvider Services => _app.Services;

    public HubMetrics Metrics => _app.Services.GetRequiredService<HubMetrics>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<RunningHub> StartAsync(Func<HubOptions, HubOptions>? change = null, TimeProvider? time = null)
    {
        RunningHub hub = new(change, time ?? TimeProvider.System);
        await hub._app.StartAsync(Token);
        return hub;
    }

    public HttpClient Client(X509Certificate2? certificate)
    {
        SslClientAuthenticationOptions tls = new()
        {
            CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { Authority.Certificate }, RevocationMode = X509RevocationMode.NoCheck },
        };
        if (certificate is not null)
        {
            tls.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null);
        }

        return new HttpClient(new SocketsHttpHandler { SslOptions = tls }) { BaseAddress = new Uri($"https://localhost:{Options.HttpsPort}") };
    }

    public X509Certificate2 Person(FleetRole role)
    {
        string pem = Authority.IssuePerson("eve", role, 1, DateTimeOffset.UtcNow);
        using X509Certificate2 read = X509Certificate2.CreateFromPem(pem, pem);
        return X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>Enrols a node over HTTPS.</summary>
    public async Task<X509Certificate2> NodeAsync(string node)
    {
        using HttpResponseMessage made = await Admin.PostAsync(new Uri("/api/v1/tokens", UriKind.Relative), JsonContent.Create(new TokenRequest(), HubJson.Default.TokenRequest), Token);
        TokenRecord token = (await made.Content.ReadFromJsonAsync(HubJson.Default.TokenRecord, Token))!;
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using HttpResponseMessage answer = await Nobody.PostAsync(
            new Uri("/api/v1/enroll", UriKind.Relative), JsonContent.Create(new EnrollRequest { Token = token.Token!, Csr = TestHub.Csr(node, key), Board = "b" }, FleetJson.Default.EnrollRequest), Token);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Token));
        EnrollResponse identity = (await answer.Content.ReadFromJsonAsync(FleetJson.Default.EnrollResponse, Token))!;
        using X509Certificate2 bare = X509Certificate2.CreateFromPem(identity.Certificate);
        using X509Certificate2 pair = bare.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>A connected MQTT client and what it receives.</summary>
    public async Task<(IMqttClient Client, List<string> Received)> ConnectAsync(X509Certificate2? certificate, string clientId, int? port = null)
    {
        IMqttClient client = new MqttClientFactory().CreateMqttClient();
        List<string> received = [];
        client.ApplicationMessageReceivedAsync += e =>
        {
            lock (received)
            {
                received.Add(e.ApplicationMessage.Topic);
            }

            return Task.CompletedTask;
        };
        X509Certificate2Collection trust = [Authority.Certificate];
        MqttClientConnectResult result = await client.ConnectAsync(
            new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port ?? Options.MqttPort).WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500).WithClientId(clientId)
                .WithTimeout(TimeSpan.FromSeconds(10))
                .WithTlsOptions(o => o.WithSslProtocols(SslProtocols.Tls12 | SslProtocols.Tls13).WithTrustChain(trust).WithRevocationMode(X509RevocationMode.NoCheck)
                    .WithClientCertificates(certificate is null ? [] : [certificate])).Build(),
            Token);
        return result.ResultCode is MqttClientConnectResultCode.Success ? (client, received) : throw new InvalidOperationException($"{clientId}: {result.ResultCode}");
    }

    public static Task<MqttClientPublishResult> PublishAsync(IMqttClient client, string topic, byte[] payload) => client.PublishAsync(
        new MqttApplicationMessage { Topic = topic, Payload = new System.Buffers.ReadOnlySequence<byte>(payload), QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce }, Token);

    public async Task<T> GetAsync<T>(string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        using HttpResponseMessage answer = await Admin.GetAsync(new Uri(path, UriKind.Relative), Token);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(Token)}");
        return (await answer.Content.ReadFromJsonAsync(type, Token))!;
    }

    /// <summary>Waits for a condition, 20 s at most.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        while (!await condition())
        {
            await Task.Delay(20, limit.Token);
        }
    }

    /// <summary>Stops in order, as at the end of a service.</summary>
    public Task StopAsync() => _app.StopAsync(Token);

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        Nobody.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    internal static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private X509Certificate2 LoadAdmin()
    {
        string pem = File.ReadAllText(Path.Combine(Options.Data, "admin.pem"));
        using X509Certificate2 read = X509Certificate2.CreateFromPem(pem, pem);
        return X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), null);
    }
}
