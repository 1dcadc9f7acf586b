using System.Diagnostics;
using System.Formats.Asn1;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MQTTnet;
using Talos.Fleet.Hub.Identity;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Hub.Tests.Security;

/// <summary>Who has no identity, at the ports of a whole hub.</summary>
[Trait("Category", "Security")]
[Trait("Category", "Integration")]
public sealed class StrangerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nothing_is_fetched_for_a_strangers_certificate(bool https)
    {
        await using RunningHub hub = await RunningHub.StartAsync();
        using TcpListener elsewhere = new(IPAddress.Loopback, 0);
        elsewhere.Start();
        Task<TcpClient> asked = elsewhere.AcceptTcpClientAsync(Token).AsTask();
        using X509Certificate2 stranger = Stranger(((IPEndPoint)elsewhere.LocalEndpoint).Port);

        if (await HandshakeAsync(hub, https ? hub.Options.HttpsPort : hub.Options.MqttPort, stranger) is { } tls)
        {
            // With TLS 1.3 the client is through before the server has looked at the certificate; an answer or the end comes after that.
            await tls.WriteAsync("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), Token);
            await ReadsAsync(tls);
        }

        using HttpResponseMessage answer = await hub.Nobody.GetAsync(new Uri("/healthz", UriKind.Relative), Token);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(asked.IsCompleted);
    }

    [Fact]
    public async Task A_broker_that_the_hub_connects_to_makes_it_fetch_nothing_either()
    {
        using TcpListener elsewhere = new(IPAddress.Loopback, 0), broker = new(IPAddress.Loopback, 0);
        elsewhere.Start();
        broker.Start();
        Task<TcpClient> asked = elsewhere.AcceptTcpClientAsync(Token).AsTask();
        using X509Certificate2 stranger = Stranger(((IPEndPoint)elsewhere.LocalEndpoint).Port);
        Task<TcpClient> coming = broker.AcceptTcpClientAsync(Token).AsTask();

        await using RunningHub hub = await RunningHub.StartAsync(o => o with { Broker = $"mqtts://localhost:{((IPEndPoint)broker.LocalEndpoint).Port}" });
        using TcpClient client = await coming;
        await using SslStream tls = new(client.GetStream());
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(stranger, null, offline: true) }, Token);
        bool spoke = await ReadsAsync(tls);

        Assert.False(spoke);
        Assert.False(asked.IsCompleted);
    }

    [Theory]
    [InlineData(FleetRole.Viewer)]
    [InlineData(FleetRole.Admin)]
    public async Task A_persons_certificate_is_none_of_a_client_of_the_broker(FleetRole role)
    {
        await using RunningHub hub = await RunningHub.StartAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => hub.ConnectAsync(hub.Person(role), "eve"));
    }

    [Fact]
    public async Task A_node_that_the_database_calls_revoked_is_refused_at_CONNECT_though_its_certificate_is_in_no_list()
    {
        await using RunningHub hub = await RunningHub.StartAsync();
        X509Certificate2 node = await hub.NodeAsync("n-1");
        await hub.Store.WriteAsync(s => s.Execute("UPDATE nodes SET revoked=1 WHERE id='n-1'"), Token);

        await Assert.ThrowsAnyAsync<Exception>(() => hub.ConnectAsync(node, "n-1"));
    }

    [Fact]
    public async Task Thousands_of_silent_connections_keep_nobody_out_and_all_end_in_time()
    {
        await using RunningHub hub = await RunningHub.StartAsync(o => o with { ConnectTimeout = TimeSpan.FromSeconds(3), WaitingPerAddress = 64 });
        X509Certificate2 node = await hub.NodeAsync("n-1"), silent = await hub.NodeAsync("n-2");
        long before = Environment.WorkingSet;
        List<Socket> sockets = [];
        for (int i = 0; i < 2000; i++)
        {
            sockets.Add(await OpenAsync(i % 2 == 0 ? hub.Options.MqttPort : hub.Options.HttpsPort));
        }

        List<SslStream> handshaken = [];
        for (int i = 0; i < 20; i++)
        {
            // TLS with the certificate of a node, and then no CONNECT.
            handshaken.Add(await HandshakeAsync(hub, hub.Options.MqttPort, silent) ?? throw new InvalidOperationException("no handshake"));
        }

        long began = Stopwatch.GetTimestamp();
        (IMqttClient client, _) = await hub.ConnectAsync(node, "n-1");
        using HttpResponseMessage answer = await hub.Nobody.GetAsync(new Uri("/healthz", UriKind.Relative), Token);
        TimeSpan took = Stopwatch.GetElapsedTime(began);
        bool[] ended = await Task.WhenAll(sockets.Where((_, i) => i % 2 == 0).Select(EndsAsync));
        bool[] spoke = await Task.WhenAll(handshaken.Select(s => ReadsAsync(s)));
        long grown = Environment.WorkingSet - before;

        Assert.True(client.IsConnected);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.All(ended, Assert.True);
        Assert.All(spoke, Assert.False);
        Assert.InRange(grown, long.MinValue, 200L << 20);
        TestContext.Current.TestOutputHelper?.WriteLine($"answered in {took.TotalMilliseconds:0} ms, memory grew by {grown >> 20} MiB");
        sockets.ForEach(s => s.Dispose());
    }

    [Fact]
    public async Task A_packet_that_announces_256_MiB_ends_its_connection_before_anything_is_set_aside()
    {
        await using RunningHub hub = await RunningHub.StartAsync();
        X509Certificate2 node = await hub.NodeAsync("n-1");
        long before = GC.GetTotalMemory(forceFullCollection: true);

        for (int i = 0; i < 20; i++)
        {
            await using SslStream tls = (await HandshakeAsync(hub, hub.Options.MqttPort, node))!;
            await tls.WriteAsync(new byte[] { 0x10, 0xff, 0xff, 0xff, 0x7f, 0, 4 }, Token);
            Assert.False(await ReadsAsync(tls));
        }

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 20L << 20);
    }

    private static async Task<Socket> OpenAsync(int port)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port, Token);
        return socket;
    }

    /// <summary>A client that trusts any server; null when the server ends the handshake.</summary>
    private static async Task<SslStream?> HandshakeAsync(RunningHub hub, int port, X509Certificate2 certificate)
    {
        SslStream tls = new(new NetworkStream(await OpenAsync(port), ownsSocket: true));
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "localhost",
                    CertificateChainPolicy = TlsPolicy.Trusting([hub.Authority.Certificate], TlsPolicy.ServerUse),
                    ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true),
                },
                Token);
            return tls;
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            return null;
        }
    }

    /// <summary>Whether the other side says something; false when it ends the connection.</summary>
    private static async Task<bool> ReadsAsync(Stream stream)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        try
        {
            return await stream.ReadAsync(new byte[1], limit.Token) > 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task<bool> EndsAsync(Socket socket)
    {
        using NetworkStream stream = new(socket);
        return !await ReadsAsync(stream);
    }

    /// <summary>A certificate that says where its issuer's can be fetched.</summary>
    private static X509Certificate2 Stranger(int port)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256), issuer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=localhost, OU=node", key, HashAlgorithmName.SHA256);
        AsnWriter access = new(AsnEncodingRules.DER);
        using (access.PushSequence())
        using (access.PushSequence())
        {
            access.WriteObjectIdentifier("1.3.6.1.5.5.7.48.2");
            access.WriteCharacterString(UniversalTagNumber.IA5String, $"http://127.0.0.1:{port}/ca.crt", new Asn1Tag(TagClass.ContextSpecific, 6));
        }

        request.CertificateExtensions.Add(new X509Extension("1.3.6.1.5.5.7.1.1", access.Encode(), critical: false));
        using X509Certificate2 bare = request.Create(
            new X500DistinguishedName("CN=nowhere"), X509SignatureGenerator.CreateForECDsa(issuer), DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1), [1, 2, 3]);
        using X509Certificate2 pair = bare.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), null);
    }
}
