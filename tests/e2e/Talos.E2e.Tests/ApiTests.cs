using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Talos.Api.Machine;
using Talos.Pki;

namespace Talos.E2e.Tests;

/// <summary>The machine API of a configured node.</summary>
[Collection("node")]
public sealed class ApiTests(NodeFixture node)
{
    [Fact]
    public async Task Version_answers_with_a_tag_upstream_clients_can_parse()
    {
        VersionResponse answer = await new MachineService.MachineServiceClient(node.Admin).VersionAsync(new Empty());

        Assert.Matches(@"^v\d+\.\d+\.\d+", answer.Messages.Single().Version_.Tag);
        Assert.Equal("arm64", answer.Messages.Single().Version_.Arch);
    }

    [Fact]
    public async Task A_call_without_a_certificate_is_refused()
    {
        using GrpcChannel channel = node.Machine.Channel(null);

        await Assert.ThrowsAsync<RpcException>(async () => await new MachineService.MachineServiceClient(channel).VersionAsync(new Empty()));
    }

    [Fact]
    public async Task A_certificate_of_a_foreign_authority_is_refused()
    {
        CertificateAuthority foreign = CertificateAuthority.Create(new AuthorityOptions(), TimeProvider.System);
        using GrpcChannel channel = node.Machine.Channel(foreign.IssueClient([Role.Admin], TimeSpan.FromHours(1)).ToX509Certificate());

        await Assert.ThrowsAsync<RpcException>(async () => await new MachineService.MachineServiceClient(channel).VersionAsync(new Empty()));
    }

    [Fact]
    public async Task A_reader_may_look_but_neither_read_files_nor_reboot()
    {
        using GrpcChannel channel = node.Machine.Channel(node.Machine.WithRoles(Role.Reader));
        MachineService.MachineServiceClient client = new(channel);

        Assert.NotEmpty((await client.VersionAsync(new Empty())).Messages);
        RpcException reboot = await Assert.ThrowsAsync<RpcException>(async () => await client.RebootAsync(new RebootRequest()));
        RpcException read = await Assert.ThrowsAsync<RpcException>(async () =>
            await client.Read(new ReadRequest { Path = "/etc/os-release" }).ResponseStream.MoveNext(TestContext.Current.CancellationToken));

        Assert.Equal(StatusCode.PermissionDenied, reboot.StatusCode);
        Assert.Equal(StatusCode.PermissionDenied, read.StatusCode);
    }

    [Fact]
    public async Task What_is_not_implemented_says_so()
    {
        RpcException refusal = await Assert.ThrowsAsync<RpcException>(async () =>
            await new MachineService.MachineServiceClient(node.Admin).EtcdStatusAsync(new Empty()));

        Assert.Equal(StatusCode.Unimplemented, refusal.StatusCode);
    }

    [Fact]
    public async Task A_client_in_another_language_gets_the_documented_answers()
    {
        string folder = Path.Combine(Workspace.Root, "tests/e2e/foreign-client");
        (await Commands.RunAsync("npm", ["ci", "--no-audit", "--no-fund"], folder)).Expect();

        CommandResult run = await Commands.RunAsync("node",
            ["client.mjs", "--endpoint", node.Machine.Endpoint, "--talosconfig", Path.Combine(node.Machine.Folder, "talosconfig")], folder);

        run.Expect();
    }

    [Theory]
    [InlineData("services", "kubelet")]
    [InlineData("containers -k", "web")]
    [InlineData("processes", "kubelet")]
    [InlineData("mounts", "/var")]
    [InlineData("memory", "TOTAL")]
    [InlineData("disks", "vda")]
    [InlineData("dmesg", "kern")]
    [InlineData("logs kubelet", "kubelet")]
    [InlineData("list /", "system")]
    [InlineData("read /etc/os-release", "Talos")]
    [InlineData("get members", "")]
    [InlineData("get addresses", "10.0.2.15/24")]
    [InlineData("get links", "eth0")]
    [InlineData("get routes", "10.0.2.2")]
    [InlineData("get rd", "MachineStatuses.runtime.talos.dev")]
    [InlineData("get volumestatus", "EPHEMERAL")]
    [InlineData("image list", "localhost/web:1")]
    [InlineData("stats -k", "web")]
    public async Task The_command_line_shows(string command, string expected)
    {
        await node.UntilPageAsync(node.Machine.Web(8080), "It works");
        CommandResult run = await node.Machine.TalosctlAsync(command.Split(' '));

        if (command == "get members")
        {
            Assert.NotEqual(0, run.ExitCode);
            Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
            return;
        }

        Assert.Contains(expected, run.Expect(), StringComparison.OrdinalIgnoreCase);
    }
}
