using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent.Tests.Real;

/// <summary>A broker of a few bytes that says why it ends a connection, as brokers of MQTT 5 do.</summary>
[Trait("Category", "Integration")]
public sealed class BrokerReasonTests : IDisposable
{
    private readonly TestFleet _fleet = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string _folder = Directory.CreateTempSubdirectory("fleet-reason").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _listener.Dispose();
        _fleet.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(0x8E, "SessionTakenOver (0x8e)", "TakenOver")]
    [InlineData(0x8B, "ServerShuttingDown (0x8b)", "Other")]
    [InlineData(0x98, "AdministrativeAction (0x98)", "Other")]
    [InlineData(-1, "without a reason", "Silent")]
    public async Task The_brokers_reason_is_kept(int code, string words, string kind)
    {
        _listener.Start();
        Task serving = ServeAsync(code);
        AgentSettings settings = RunningAgent.Settings(_folder, "node-a");
        _fleet.Enrol(settings.StateFolder, "node-a", ((IPEndPoint)_listener.LocalEndpoint).Port);
        IdentityStore store = new(settings.StateFolder, new Logged<IdentityStore>(Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance));
        HubClient hub = new(settings.Hub, settings.HubCa, TimeProvider.System);
        using NodeIdentity identity = new Enrollment(settings, store, hub, new Logged<Enrollment>(Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance)).Load()!;
        LinkOptions options = new()
        {
            Broker = BrokerUrl.Parse(identity.File.Brokers[0])!,
            Identity = identity,
            KeepAlive = TimeSpan.FromMinutes(20),
            Will = new byte[] { 1 },
        };

        await using IFleetLink link = await new MqttLinks(TimeProvider.System).ConnectAsync(options, _ => Task.CompletedTask, Ct);
        LinkEnd end = await link.Closed.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        await serving;

        Assert.Contains(words, end.Reason, StringComparison.Ordinal);
        Assert.Equal(kind, end.Kind.ToString());
    }

    private async Task ServeAsync(int code)
    {
        (string certificate, string key) = _fleet.Issue("CN=broker", server: true);
        using var pem = X509Certificate2.CreateFromPem(certificate, key);
        using TcpClient client = await _listener.AcceptTcpClientAsync(Ct);
        await using SslStream tls = new(client.GetStream(), false, (_, certificate, _, _) => certificate is not null);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = pem, ClientCertificateRequired = true }, Ct);
        byte[] buffer = new byte[8192];
        await tls.ReadAtLeastAsync(buffer, 1, cancellationToken: Ct);
        await tls.WriteAsync(new byte[] { 0x20, 0x03, 0x00, 0x00, 0x00 }, Ct);

        // SUBSCRIBE: the head, a length of one or two bytes, and the number of the packet.
        await tls.ReadAtLeastAsync(buffer, 1, cancellationToken: Ct);
        int at = buffer[1] < 0x80 ? 2 : 3;
        await tls.WriteAsync(new byte[] { 0x90, 0x06, buffer[at], buffer[at + 1], 0x00, 0x01, 0x01, 0x01 }, Ct);
        if (code >= 0)
        {
            await tls.WriteAsync(new byte[] { 0xE0, 0x02, (byte)code, 0x00 }, Ct);
        }

        await tls.ShutdownAsync();
    }
}
