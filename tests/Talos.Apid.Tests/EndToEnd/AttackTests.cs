using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Talos.Api.Machine;
using Talos.Pki;
using Talos.Rpc.Authorization;
using Talos.Rpc.Tls;
using Talos.Testing;
using Empty = Google.Protobuf.WellKnownTypes.Empty;

namespace Talos.Apid.Tests.EndToEnd;

/// <summary>apid on the loopback, and those who would keep its administrator out; he asks every 100 ms and waits for 2 s at most.</summary>
[Trait("Category", "Security")]
[Trait("Category", "Integration")]
public sealed class AttackTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private readonly CertificateAuthority _authority = CertificateAuthority.Create(AuthorityOptions.Os, TimeProvider.System);
    private readonly List<IDisposable> _open = [];
    private TestNode _node = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _node = await TestNode.StartAsync("127.0.0.12", LoopbackPorts.Free(), TestNode.Secrets(_authority, "127.0.0.12"));

    public async ValueTask DisposeAsync()
    {
        _open.ForEach(o => o.Dispose());
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task Silent_connections_do_not_close_an_administrator_out_and_end_by_themselves()
    {
        using AdminWatch watch = Watch();
        List<TcpClient> silent = [];
        for (int i = 0; i < 560; i++)
        {
            TcpClient client = new();
            _open.Add(client);
            silent.Add(client);
            await client.ConnectAsync(IPAddress.Parse(_node.Address), _node.Port, Ct);
        }

        await watch.ForAsync(TimeSpan.FromSeconds(7));

        Assert.All(silent, c => Assert.True(IsEnded(c.Client)));
        Assert.Equal(0, _node.Apid.Gate.Open.Strangers);
    }

    [Fact]
    public async Task Handshakes_that_stop_half_way_do_not_close_an_administrator_out_and_end_within_their_time() =>
        await StuckAsync([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03], 300, TimeSpan.FromSeconds(7));

    [Fact]
    public async Task Handshakes_that_stop_after_their_first_word_do_not_close_an_administrator_out_and_end_within_their_time() =>
        await StuckAsync(await HelloAsync(), 80, TimeSpan.FromSeconds(12));

    [Fact]
    public async Task Who_does_not_speak_TLS_is_sent_away_at_once()
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Parse(_node.Address), _node.Port, Ct);
        await client.GetStream().WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), Ct);

        await Task.WhenAny(client.GetStream().ReadAsync(new byte[1], Ct).AsTask()).WaitAsync(TimeSpan.FromSeconds(2), Ct);

        Assert.True(IsEnded(client.Client));
    }

    // What a real client says first, as one who never reads the answer would say it.
    private static async Task<byte[]> HelloAsync()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        using TcpClient outgoing = new();
        await outgoing.ConnectAsync((IPEndPoint)listener.LocalEndpoint, Ct);
        using TcpClient incoming = await listener.AcceptTcpClientAsync(Ct);
        await using System.Net.Security.SslStream tls = new(outgoing.GetStream());
        _ = tls.AuthenticateAsClientAsync("localhost");
        byte[] hello = new byte[4096];
        int length = await incoming.GetStream().ReadAsync(hello, Ct);
        return hello[..length];
    }

    private async Task StuckAsync(byte[] firstWord, int count, TimeSpan limit)
    {
        using AdminWatch watch = Watch();
        List<TcpClient> stuck = [];
        for (int i = 0; i < count; i++)
        {
            TcpClient client = new();
            _open.Add(client);
            stuck.Add(client);
            await client.ConnectAsync(IPAddress.Parse(_node.Address), _node.Port, Ct);
            try
            {
                await client.GetStream().WriteAsync(firstWord, Ct);
            }
            catch (IOException)
            {
                // Ended already, for another one's sake.
            }

            Assert.InRange(_node.Apid.Gate.Open.Strangers, 0, 192);
        }

        await watch.ForAsync(limit);

        Assert.Equal(0, _node.Apid.Gate.Open.Strangers);
    }

    [Fact]
    public async Task Two_thousand_streams_and_two_hundred_followers_leave_an_administrator_his_answer_and_memory_its_bounds()
    {
        using AdminWatch watch = Watch();
        long before = Working();
        int opened = 0;
        int refused = 0;
        for (int certificate = 0; certificate < 4; certificate++)
        {
            for (int connection = 0; connection < 5; connection++)
            {
                MachineService.MachineServiceClient reader = new(Channel(Role.Reader));
                await Parallel.ForAsync(0, 110, new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = Ct }, async (i, _) =>
                {
                    AsyncServerStreamingCall<Event> call = reader.Events(new EventsRequest(), cancellationToken: Ct);
                    try
                    {
                        await call.ResponseStream.MoveNext(Ct);
                        Interlocked.Increment(ref opened);
                        lock (_open)
                        {
                            _open.Add(call);
                        }
                    }
                    catch (RpcException e) when (e.StatusCode is StatusCode.ResourceExhausted)
                    {
                        Interlocked.Increment(ref refused);
                    }
                });
            }
        }

        await watch.ForAsync(TimeSpan.FromSeconds(3));

        Assert.Equal(2200, opened + refused);
        Assert.InRange(opened, 200, 512);
        Assert.InRange(_node.Apid.Calls.Total, opened, 640);
        Assert.InRange(Working() - before, long.MinValue, 400L << 20);
        TestContext.Current.SendDiagnosticMessage($"{opened} open, {refused} refused, +{(Working() - before) >> 20} MiB (client and server), slowest answer {watch.Slowest.TotalMilliseconds:0} ms");
    }

    [Fact]
    public async Task Headers_of_60000_bytes_are_refused_and_cost_the_administrator_nothing()
    {
        using AdminWatch watch = Watch();
        using HttpMessageInvoker invoker = new(Handler(Role.Reader));
        for (int i = 0; i < 100; i++)
        {
            using HttpRequestMessage request = new(HttpMethod.Post, $"https://{_node.Address}:{_node.Port}/machine.MachineService/Version")
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new ByteArrayContent([0, 0, 0, 0, 0]),
            };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
            request.Headers.TryAddWithoutValidation("x-long", new string('a', 60_000));
            try
            {
                using HttpResponseMessage answer = await invoker.SendAsync(request, Ct);
                Assert.NotEqual(HttpStatusCode.OK, answer.StatusCode);
            }
            catch (HttpRequestException)
            {
                // The connection was ended.
            }
        }

        await watch.ForAsync(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_request_that_is_longer_than_its_method_takes_is_refused_before_machined_sees_it()
    {
        MachineService.MachineServiceClient admin = new(Channel(Role.Admin));

        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () =>
            await admin.ServiceStartAsync(new ServiceStartRequest { Id = new string('a', 1 << 20) }, cancellationToken: Ct));

        Assert.Contains(refused.StatusCode, (StatusCode[])[StatusCode.ResourceExhausted, StatusCode.Unavailable, StatusCode.Internal]);
        HostnameResponse after = await admin.HostnameAsync(new Empty(), cancellationToken: Ct);
        Assert.Single(after.Messages);
    }

    [Fact]
    public async Task A_node_named_2700_times_is_asked_once_and_65_nodes_are_refused()
    {
        using AdminWatch watch = Watch();
        MachineService.MachineServiceClient reader = new(Channel(Role.Reader));

        HostnameResponse answer = await reader.HostnameAsync(
            new Empty(), new Grpc.Core.Metadata { { "nodes", string.Join(',', Enumerable.Repeat("127.0.0.1", 2700)) } }, cancellationToken: Ct);
        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () => await reader.HostnameAsync(
            new Empty(), new Grpc.Core.Metadata { { "nodes", string.Join(',', Enumerable.Range(1, 65).Select(i => $"127.0.9.{i}")) } }, cancellationToken: Ct));

        Assert.Single(answer.Messages);
        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
    }

    [Fact]
    public async Task Streams_opened_in_maintenance_end_when_the_node_gets_its_config()
    {
        _node.Write(TestNode.MaintenanceSecrets(_node.Address));
        using var channel = Talos.Rpc.Hosting.Channels.Tls(_node.Address, _node.Port, ClientTls.Unverified());
        using AsyncServerStreamingCall<Event> call = new MachineService.MachineServiceClient(channel).Events(new EventsRequest(), cancellationToken: Ct);
        Assert.True(await call.ResponseStream.MoveNext(Ct));

        _node.Write(TestNode.Secrets(_authority, _node.Address));
        RpcException ended = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Ct).WaitAsync(TimeSpan.FromSeconds(5), Ct));

        Assert.Equal(StatusCode.Unauthenticated, ended.StatusCode);
    }

    [Fact]
    public async Task A_closed_node_refuses_every_call_with_one_status()
    {
        _node.Write(TestNode.MaintenanceSecrets(_node.Address) with { Admission = Admission.Closed });
        using var channel = Talos.Rpc.Hosting.Channels.Tls(_node.Address, _node.Port, ClientTls.Unverified());
        MachineService.MachineServiceClient client = new(channel);

        foreach (Func<Task> call in (Func<Task>[])
        [
            async () => await client.HostnameAsync(new Empty(), cancellationToken: Ct),
            async () => await client.ApplyConfigurationAsync(new ApplyConfigurationRequest(), cancellationToken: Ct),
            async () => await client.Dmesg(new DmesgRequest(), cancellationToken: Ct).ResponseStream.MoveNext(Ct),
            async () => await client.RebootAsync(new RebootRequest(), new Grpc.Core.Metadata { { "talos-role", "os:admin" } }, cancellationToken: Ct),
        ])
        {
            Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(call)).StatusCode);
        }
    }

    private static long Working()
    {
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        return self.WorkingSet64;
    }

    private static bool IsEnded(Socket socket)
    {
        try
        {
            return socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return true;
        }
    }

    private AdminWatch Watch() => new AdminWatch(
        new MachineService.MachineServiceClient(Channel(Role.Admin)), () => new MachineService.MachineServiceClient(Channel(Role.Admin))).Start();

    private GrpcChannel Channel(Role role)
    {
        GrpcChannel channel = GrpcChannel.ForAddress(
            $"https://{_node.Address}:{_node.Port}", new GrpcChannelOptions { HttpHandler = Handler(role), DisposeHttpClient = true });
        lock (_open)
        {
            _open.Add(channel);
        }

        return channel;
    }

    private SocketsHttpHandler Handler(Role role)
    {
        CertificateAndKey issued = _authority.IssueClient([role], TimeSpan.FromHours(1));
        return new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            SslOptions = ClientTls.Trusting(
                TlsIdentity.FromPem(issued.CertificatePem, issued.KeyPem.Reveal()), [Certificates.Read(_authority.CertificatePem)], TimeProvider.System),
        };
    }

    /// <summary>An administrator who asks all the time: over one connection, and over a new one each time.</summary>
    private sealed class AdminWatch(MachineService.MachineServiceClient kept, Func<MachineService.MachineServiceClient> fresh) : IDisposable
    {
        private readonly CancellationTokenSource _end = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        private Task _asking = Task.CompletedTask;

        public AdminWatch Start()
        {
            _asking = AskAsync();
            return this;
        }

        public TimeSpan Slowest { get; private set; }

        /// <summary>Goes on asking for this time; every answer since the start has to be there within the limit.</summary>
        public async Task ForAsync(TimeSpan time)
        {
            await Task.WhenAny(_asking, Task.Delay(time, Ct));
            await _end.CancelAsync();
            await _asking;
        }

        public void Dispose() => _end.Dispose();

        private async Task AskAsync()
        {
            int asked = 0;
            while (!_end.IsCancellationRequested || asked < 3)
            {
                long start = Stopwatch.GetTimestamp();
                MachineService.MachineServiceClient client = asked++ % 2 == 0 ? kept : fresh();
                await client.HostnameAsync(new Empty(), deadline: TimeProvider.System.GetUtcNow().UtcDateTime + Limit, cancellationToken: Ct);
                TimeSpan took = Stopwatch.GetElapsedTime(start);
                Slowest = took > Slowest ? took : Slowest;
                await Task.Delay(TimeSpan.FromMilliseconds(100), Ct);
            }
        }
    }
}
