using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using MQTTnet;
using MQTTnet.Protocol;
using Talos.Fleet.Api;
using Talos.Fleet.Hub.Identity;
using Talos.Fleet.Hub.Store;
using Talos.Fleet.Protocol;
using Talos.Fleet.Rollouts;

namespace Talos.Fleet.Hub.Tests;

/// <summary>Two hub processes that share a mosquitto and a PostgreSQL.</summary>
[Trait("Category", "Integration")]
public sealed class TwoHubsTests(PostgresServer server) : IClassFixture<PostgresServer>, IAsyncDisposable
{
    private const int Nodes = 24;
    private const int Before = 6;
    private readonly string _folder = Directory.CreateTempSubdirectory("hub-two-").FullName;
    private readonly List<Process> _processes = [];
    private readonly List<IMqttClient> _clients = [];
    private readonly List<(string Node, long Revision)> _orders = [];
    private readonly TaskCompletionSource _killed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _port = RunningHub.FreePort();
    private int _answered;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task They_share_the_messages_and_when_the_leader_is_killed_the_other_ends_the_rollout_and_no_node_is_ordered_twice()
    {
        string database = server.NewDatabase();
        using FleetStore store = new(new SqlDialect.Postgres(database));
        HubOptions one = Options("hub-1"), two = Options("hub-2");
        using FleetAuthority authority = FleetAuthority.Open(one, DateTimeOffset.UtcNow);
        Directory.CreateDirectory(two.Data);
        foreach (string file in new[] { "ca.pem", "ca.key", "admin.pem" })
        {
            File.Copy(Path.Combine(one.Data, file), Path.Combine(two.Data, file));
        }

        Process leader = Hub(one, database);
        await RunningHub.UntilAsync(() => Task.FromResult(File.Exists(Path.Combine(one.Data, "crl.pem"))));
        Broker(one);
        Hub(two, database);
        using HttpClient first = Admin(one, authority), second = Admin(two, authority);
        await RunningHub.UntilAsync(async () => await IsReadyAsync(first) && await IsReadyAsync(second));
        await Parallel.ForEachAsync(Enumerable.Range(0, Nodes), new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Token }, async (i, _) => await NodeAsync($"n-{i:d2}", authority, store));
        await RunningHub.UntilAsync(async () => await NumberAsync(store, "SELECT count(*) FROM nodes WHERE state_time IS NOT NULL") == Nodes);
        long[] shares = [await ReceivedAsync(first), await ReceivedAsync(second)];

        // Asked of the one that does not lead.
        RolloutPlan plan = new() { Name = "r", Version = "2.0.0", BundleId = new string('a', 64), Url = "https://h/b", Canary = 0, MaxParallel = 4, HoldBackAfter = 0 };
        using HttpResponseMessage made = await second.PostAsync(new Uri("/api/v1/rollouts", UriKind.Relative), JsonContent.Create(plan, HubJson.Default.RolloutPlan), Token);
        RolloutView rollout = (await made.Content.ReadFromJsonAsync(HubJson.Default.RolloutView, Token))!;
        await RunningHub.UntilAsync(() => Task.FromResult(Volatile.Read(ref _answered) >= Before && Ordered() > Before));
        string held = await HolderAsync(store);
        leader.Kill();
        await leader.WaitForExitAsync(Token);
        _killed.TrySetResult();
        for (int i = 0; i < 3 && !await CompletedAsync(); i++)
        {
            await UntilOrLateAsync(CompletedAsync);
        }

        Assert.All(shares, s => Assert.NotEqual(0, s));
        Assert.Equal("hub-1", held);
        Assert.Equal("hub-2", await HolderAsync(store));
        Assert.Equal(Nodes, await NumberAsync(store, "SELECT count(*) FROM rollout_nodes WHERE status=3"));
        Assert.Equal(Nodes, await NumberAsync(store, "SELECT sum(desired_rev) FROM nodes"));
        lock (_orders)
        {
            Assert.Equal(Nodes, _orders.Select(o => o.Node).Distinct().Count());
            Assert.All(_orders, o => Assert.Equal(1, o.Revision));
        }

        async Task<bool> CompletedAsync() => (await second.GetFromJsonAsync($"/api/v1/rollouts/{rollout.Id}", HubJson.Default.RolloutView, Token))!.Head.Phase is RolloutPhase.Completed;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IMqttClient client in _clients)
        {
            client.Dispose();
        }

        foreach (Process process in _processes)
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync(CancellationToken.None);
            }

            process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static async Task UntilOrLateAsync(Func<Task<bool>> condition)
    {
        try
        {
            await RunningHub.UntilAsync(condition);
        }
        catch (OperationCanceledException) when (!Token.IsCancellationRequested)
        {
            // The lease of a killed leader takes its time to end.
        }
    }

    private int Ordered()
    {
        lock (_orders)
        {
            return _orders.Count;
        }
    }

    private HubOptions Options(string name) => new()
    {
        Data = Path.Combine(_folder, name),
        Name = name,
        HttpsPort = RunningHub.FreePort(),
        Names = ["localhost", "127.0.0.1"],
        Broker = $"mqtts://localhost:{_port}",
        Hubs = ["hub-1", "hub-2"],
    };

    private Process Hub(HubOptions options, string database)
    {
        ProcessStartInfo start = new(
            Path.Combine(AppContext.BaseDirectory, "talos-hub"),
            [
                "--data", options.Data, "--name", options.Name, "--hubs", "hub-1,hub-2", "--https", options.HttpsPort.ToString(CultureInfo.InvariantCulture), "--listen", "127.0.0.1",
                "--names", "localhost,127.0.0.1", "--broker", options.Broker!, "--postgres", database,
            ])
        { RedirectStandardOutput = true };
        Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        _processes.Add(process);
        return process;
    }

    private void Broker(HubOptions options)
    {
        string data = Path.GetFullPath(options.Data), config = Path.Combine(data, "mosquitto.conf");
        File.WriteAllText(
            config,
            $"user root\nlistener {_port} 127.0.0.1\ncafile {data}/ca.pem\ncertfile {data}/server.pem\nkeyfile {data}/server.key\ncrlfile {data}/crl.pem\n"
            + $"require_certificate true\nuse_identity_as_username true\nacl_file {data}/mosquitto.acl\n");
        _processes.Add(Process.Start(new ProcessStartInfo("mosquitto", ["-c", config]))!);
    }

    /// <summary>A node that does what it is ordered to; all but the first few wait until the leader is dead.</summary>
    private async Task NodeAsync(string id, FleetAuthority authority, FleetStore store)
    {
        await store.WriteAsync(s => s.Execute("INSERT INTO nodes (id, enrolled) VALUES (@id, @t)", ("@id", id), ("@t", DateTimeOffset.UtcNow)), Token);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 bare = authority.IssueNode(id, new PublicKey(key), 30, DateTimeOffset.UtcNow);
        using X509Certificate2 pair = bare.CopyWithPrivateKey(key);
        X509Certificate2 identity = X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), null);
        X509Certificate2Collection trust = [authority.Certificate];
        OrderVerifier verifier = new(id, [authority.Certificate]);
        IMqttClient client = new MqttClientFactory().CreateMqttClient();
        lock (_clients)
        {
            _clients.Add(client);
        }

        client.ApplicationMessageReceivedAsync += e =>
        {
            DesiredState order = verifier.ReadDesired(System.Buffers.BuffersExtensions.ToArray(e.ApplicationMessage.Payload), 0, DateTimeOffset.UtcNow).Value!;
            lock (_orders)
            {
                _orders.Add((id, order.Revision));
            }

            _ = AnswerAsync(client, id, order);
            return Task.CompletedTask;
        };
        await client.ConnectAsync(
            new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", _port).WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500).WithClientId(id)
                .WithTlsOptions(o => o.WithSslProtocols(SslProtocols.Tls12 | SslProtocols.Tls13).WithTrustChain(trust).WithRevocationMode(X509RevocationMode.NoCheck).WithClientCertificates([identity])).Build(),
            Token);
        await client.SubscribeAsync($"talos/1/{id}/desired", MqttQualityOfServiceLevel.AtLeastOnce, Token);
        await StateAsync(client, id, "1.0.0", null);
    }

    private async Task AnswerAsync(IMqttClient client, string id, DesiredState order)
    {
        if (Interlocked.Increment(ref _answered) > Before)
        {
            await _killed.Task;
        }

        await StateAsync(client, id, order.Update!.Version, new DesiredReport { Revision = order.Revision, Status = DesiredStatus.Done });
    }

    private static Task<MqttClientPublishResult> StateAsync(IMqttClient client, string id, string version, DesiredReport? desired) => client.PublishAsync(
        new MqttApplicationMessage
        {
            Topic = $"talos/1/{id}/state",
            Retain = true,
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
            Payload = new System.Buffers.ReadOnlySequence<byte>(FleetMessages.Write(
                new ReportedState { Time = DateTimeOffset.UtcNow, BootId = "b", Board = "b", Architecture = "arm64", Version = version, Desired = desired })),
        },
        Token);

    private static HttpClient Admin(HubOptions options, FleetAuthority authority)
    {
        string pem = authority.IssuePerson("eve", FleetRole.Admin, 1, DateTimeOffset.UtcNow);
        using X509Certificate2 read = X509Certificate2.CreateFromPem(pem, pem);
        SslClientAuthenticationOptions tls = new()
        {
            CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { authority.Certificate }, RevocationMode = X509RevocationMode.NoCheck },
            ClientCertificateContext = SslStreamCertificateContext.Create(X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), null), null),
        };
        return new HttpClient(new SocketsHttpHandler { SslOptions = tls }) { BaseAddress = new Uri($"https://localhost:{options.HttpsPort}") };
    }

    private static async Task<bool> IsReadyAsync(HttpClient hub)
    {
        try
        {
            using HttpResponseMessage answer = await hub.GetAsync(new Uri("/healthz", UriKind.Relative), Token);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task<long> ReceivedAsync(HttpClient hub) =>
        Regex.Matches(await hub.GetStringAsync(new Uri("/metrics", UriKind.Relative), Token), "^talos_hub_messages_total\\{[^}]*state[^}]*\\} ([0-9]+)", RegexOptions.Multiline | RegexOptions.IgnoreCase).Sum(m => long.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture));

    private static Task<long?> NumberAsync(FleetStore store, string sql) => store.ReadAsync(s => s.Number(sql), Token);

    private static async Task<string> HolderAsync(FleetStore store) => (await store.ReadAsync(s => s.Query("SELECT holder FROM leases", r => r.Text(0)), Token)).Single();
}
