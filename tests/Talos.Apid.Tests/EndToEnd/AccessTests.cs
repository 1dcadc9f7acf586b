using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Talos.Api.Machine;
using Talos.Pki;
using Talos.Rpc.Hosting;
using Talos.Rpc.Tls;
using Talos.Testing;

namespace Talos.Apid.Tests.EndToEnd;

public class AccessTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reader_may_read_and_machined_learns_the_role()
    {
        HostnameResponse answer = await cluster.Client(cluster.First, Role.Reader).HostnameAsync(new Empty(), cancellationToken: Ct);

        Assert.Equal("127.0.0.2 os:reader", Assert.Single(answer.Messages).Hostname_);
        Assert.Null(answer.Messages[0].Metadata);
    }

    [Fact]
    public async Task Too_small_a_role_is_refused()
    {
        RpcException refused = await RefusedAsync(async () =>
            await cluster.Client(cluster.First, Role.Reader).RebootAsync(new RebootRequest(), cancellationToken: Ct));

        Assert.Equal(StatusCode.PermissionDenied, refused.StatusCode);
    }

    [Fact]
    public async Task A_caller_without_a_certificate_is_refused()
    {
        RpcException refused = await RefusedAsync(async () => await cluster.Connect(cluster.First, null).HostnameAsync(new Empty(), cancellationToken: Ct));

        AssertRefusedByTls(refused);
    }

    [Fact]
    public async Task A_caller_of_a_foreign_CA_is_refused()
    {
        var foreign = CertificateAuthority.Create(AuthorityOptions.Os, TimeProvider.System);

        RpcException refused = await RefusedAsync(async () =>
            await cluster.Client(cluster.First, Role.Admin, foreign).HostnameAsync(new Empty(), cancellationToken: Ct));

        AssertRefusedByTls(refused);
    }

    [Fact]
    public async Task A_server_certificate_of_the_cluster_opens_nothing()
    {
        CertificateAndKey server = cluster.Authority.IssueServer(SubjectNames.Parse(["node"]), null, TimeSpan.FromHours(1));
        var identity = TlsIdentity.FromPem(server.CertificatePem, server.KeyPem.Reveal());

        await RefusedAsync(async () => await cluster.Connect(cluster.First, identity).HostnameAsync(new Empty(), cancellationToken: Ct));
    }

    [Fact]
    public async Task Roles_in_metadata_of_an_ordinary_client_count_for_nothing()
    {
        HostnameResponse answer = await cluster.Client(cluster.First, Role.Reader)
            .HostnameAsync(new Empty(), new Metadata { { "talos-role", "os:admin" } }, cancellationToken: Ct);

        Assert.Equal("127.0.0.2 os:reader", answer.Messages[0].Hostname_);
    }

    [Fact]
    public async Task An_impersonator_acts_with_the_roles_it_names_and_with_none_of_its_own()
    {
        MachineService.MachineServiceClient client = cluster.Client(cluster.First, Role.Impersonator);

        HostnameResponse answer = await client.HostnameAsync(new Empty(), new Metadata { { "talos-role", "os:operator" } }, cancellationToken: Ct);
        RpcException refused = await RefusedAsync(async () => await client.HostnameAsync(new Empty(), cancellationToken: Ct));

        Assert.Equal("127.0.0.2 os:operator", answer.Messages[0].Hostname_);
        Assert.Equal(StatusCode.PermissionDenied, refused.StatusCode);
    }

    [Fact]
    public async Task A_method_that_is_not_there_is_unimplemented()
    {
        RpcException refused = await RefusedAsync(async () =>
            await cluster.Client(cluster.First, Role.Admin).RollbackAsync(new RollbackRequest(), cancellationToken: Ct));

        Assert.Equal(StatusCode.Unimplemented, refused.StatusCode);
    }

    [Fact]
    public async Task In_maintenance_anyone_is_a_reader_until_the_node_has_its_config()
    {
        await using TestNode node = await TestNode.StartAsync("127.0.0.9", LoopbackPorts.Free(), TestNode.MaintenanceSecrets("127.0.0.9"));
        using var channel = Channels.Tls(node.Address, node.Port, ClientTls.Unverified());
        MachineService.MachineServiceClient client = new(channel);

        HostnameResponse answer = await client.HostnameAsync(new Empty(), new Metadata { { "node", "10.9.9.9" } }, cancellationToken: Ct);
        RpcException reboot = await RefusedAsync(async () => await client.RebootAsync(new RebootRequest(), cancellationToken: Ct));
        node.Write(TestNode.Secrets(cluster.Authority, node.Address));
        RpcException later = await RefusedAsync(async () => await client.HostnameAsync(new Empty(), cancellationToken: Ct));
        HostnameResponse admin = await cluster.Client(node, Role.Admin).HostnameAsync(new Empty(), cancellationToken: Ct);

        Assert.Equal("127.0.0.9 os:reader", answer.Messages[0].Hostname_);
        Assert.Equal(StatusCode.PermissionDenied, reboot.StatusCode);
        Assert.Equal(StatusCode.Unauthenticated, later.StatusCode);
        Assert.Equal("127.0.0.9 os:admin", admin.Messages[0].Hostname_);
    }

    // In TLS 1.3 the client has finished its handshake before the server refuses it: what it then reports is up to its timing.
    private static void AssertRefusedByTls(RpcException refused) => Assert.Contains(refused.StatusCode, (StatusCode[])[StatusCode.Unavailable, StatusCode.Internal]);

    private static Task<RpcException> RefusedAsync(Func<Task> call) => Assert.ThrowsAsync<RpcException>(call);
}
