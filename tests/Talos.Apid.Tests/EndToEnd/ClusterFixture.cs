using Grpc.Net.Client;
using Talos.Api.Machine;
using Talos.Pki;
using Talos.Rpc.Hosting;
using Talos.Rpc.Tls;
using Talos.Testing;

namespace Talos.Apid.Tests.EndToEnd;

/// <summary>Two control plane nodes and a worker on 127.0.0.2 to 127.0.0.4, one CA.</summary>
public sealed class ClusterFixture : IAsyncLifetime
{
    private readonly List<GrpcChannel> _channels = [];
    private readonly List<TestNode> _nodes = [];

    internal CertificateAuthority Authority { get; } = CertificateAuthority.Create(AuthorityOptions.Os, TimeProvider.System);

    internal TestNode First => _nodes[0];

    internal TestNode Second => _nodes[1];

    internal TestNode Worker => _nodes[2];

    public async ValueTask InitializeAsync()
    {
        int port = LoopbackPorts.Free();
        _nodes.Add(await TestNode.StartAsync("127.0.0.2", port, TestNode.Secrets(Authority, "127.0.0.2")));
        _nodes.Add(await TestNode.StartAsync("127.0.0.3", port, TestNode.Secrets(Authority, "127.0.0.3")));
        _nodes.Add(await TestNode.StartAsync("127.0.0.4", port, TestNode.Secrets(Authority, "127.0.0.4", forwards: false)));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (GrpcChannel channel in _channels)
        {
            channel.Dispose();
        }

        foreach (TestNode node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    /// <summary>A client of a node with a certificate for a role, issued by the cluster's CA unless another is named.</summary>
    internal MachineService.MachineServiceClient Client(TestNode node, Role role, CertificateAuthority? issuer = null)
    {
        CertificateAndKey certificate = (issuer ?? Authority).IssueClient([role], TimeSpan.FromHours(1));
        return Connect(node, TlsIdentity.FromPem(certificate.CertificatePem, certificate.KeyPem.Reveal()));
    }

    /// <summary>A client of a node with any certificate, or none.</summary>
    internal MachineService.MachineServiceClient Connect(TestNode node, TlsIdentity? identity) => new(Open(node, identity));

    internal GrpcChannel Open(TestNode node, TlsIdentity? identity)
    {
        GrpcChannel channel = Channels.Tls(
            node.Address, node.Port, ClientTls.Trusting(identity, [Certificates.Read(Authority.CertificatePem)], TimeProvider.System));
        _channels.Add(channel);
        return channel;
    }
}
