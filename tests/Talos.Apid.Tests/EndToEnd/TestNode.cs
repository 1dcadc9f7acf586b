using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Talos.Apid.Hosting;
using Talos.Pki;
using Talos.Rpc.Authorization;
using Talos.Rpc.Errors;
using Talos.Rpc.Hosting;
using Talos.Rpc.Tls;

namespace Talos.Apid.Tests.EndToEnd;

/// <summary>One node: apid on an address of the loopback, a fake machined behind it, files in a folder of its own.</summary>
internal sealed class TestNode : IAsyncDisposable, IAdmissionSource
{
    private readonly string _folder = Directory.CreateTempSubdirectory("talos-apid-").FullName;
    private WebApplication _machined = null!;
    private ApidServer _apid = null!;

    private TestNode(string address, int port)
    {
        Address = address;
        Port = port;
        Machine = new FakeMachine(address);
    }

    public string Address { get; }

    public int Port { get; }

    public FakeMachine Machine { get; }

    /// <summary>As machined sees it.</summary>
    public Admission Admission { get; set; }

    public CancellationToken MaintenanceEnds => CancellationToken.None;

    internal ApidServer Apid => _apid;

    private string SecretsPath => Path.Combine(_folder, "secrets.json");

    public static async Task<TestNode> StartAsync(string address, int port, ApidSecrets secrets)
    {
        TestNode node = new(address, port);
        node.Write(secrets);
        string socket = Path.Combine(node._folder, "machine.sock");
        CancellationToken ct = TestContext.Current.CancellationToken;
        node._machined = await UnixGrpcServer.StartAsync(
            socket, new ErrorMapping(), NullLoggerFactory.Instance,
            services => services.AddSingleton(node.Machine).AddSingleton<IAdmissionSource>(node), app => app.MapGrpcService<FakeMachine>(), ct);
        ApidOptions options = new()
        {
            Listen = new IPEndPoint(IPAddress.Parse(address), port),
            SecretsPath = node.SecretsPath,
            BackendPath = socket,
            PeerPort = port,
        };
        node._apid = await ApidServer.StartAsync(options, TimeProvider.System, new StreamLoggerProvider(Stream.Null), ct);
        return node;
    }

    /// <summary>The secrets of a control plane node at <paramref name="address"/>.</summary>
    public static ApidSecrets Secrets(CertificateAuthority authority, string address, bool forwards = true)
    {
        CertificateAndKey server = authority.IssueServer(SubjectNames.Parse([address]), null, CertificateAuthority.NodeLifetime);
        CertificateAndKey? client = forwards ? authority.IssueClient([Role.Impersonator], CertificateAuthority.NodeLifetime) : null;
        return new ApidSecrets
        {
            Admission = Admission.Members,
            Authorities = authority.CertificatePem,
            Certificate = server.CertificatePem,
            Key = server.KeyPem.Reveal(),
            ClientCertificate = client?.CertificatePem ?? "",
            ClientKey = client?.KeyPem.Reveal() ?? "",
            LocalNames = [address],
        };
    }

    /// <summary>The secrets of a node without a config.</summary>
    public static ApidSecrets MaintenanceSecrets(string address) =>
        Secrets(CertificateAuthority.Create(AuthorityOptions.Maintenance, TimeProvider.System), address, forwards: false)
            with
        { Admission = Admission.Maintenance, Authorities = "" };

    /// <summary>Replaces the secrets while apid runs.</summary>
    public void Write(ApidSecrets secrets)
    {
        Admission = secrets.Admission;
        string next = SecretsPath + ".next";
        File.WriteAllBytes(next, JsonSerializer.SerializeToUtf8Bytes(secrets, DaemonSecretsJson.Default.ApidSecrets));
        File.Move(next, SecretsPath, overwrite: true);
    }

    public async ValueTask DisposeAsync()
    {
        await _apid.DisposeAsync();
        await _machined.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
