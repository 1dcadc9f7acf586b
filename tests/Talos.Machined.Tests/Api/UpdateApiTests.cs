using Google.Protobuf;
using Grpc.Core;
using Talos.Api.Machine;
using Talos.Api.Ota;

namespace Talos.Machined.Tests.Api;

public sealed class UpdateApiTests(MachineApiFixture node) : IClassFixture<MachineApiFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private UpdateService.UpdateServiceClient Updates => new(node.Channel);

    [Fact]
    public async Task A_reader_may_ask_for_the_status_and_not_judge_a_slot()
    {
        StatusResponse status = await Updates.StatusAsync(new StatusRequest(), MachineApiFixture.As("os:reader"), cancellationToken: Ct);
        Assert.Equal(UpdateState.Idle, status.State);

        RpcException refusal = await Assert.ThrowsAsync<RpcException>(async () =>
            await Updates.MarkBadAsync(new MarkBadRequest { Slot = "B" }, MachineApiFixture.As("os:reader"), cancellationToken: Ct));
        Assert.Equal(StatusCode.PermissionDenied, refusal.StatusCode);
    }

    [Fact]
    public async Task An_install_begins_with_its_options() => Assert.Equal(
        (StatusCode.InvalidArgument, "options: the first message has to hold them"),
        await RefusalAsync(new InstallRequest { Chunk = ByteString.CopyFromUtf8("x") }));

    [Fact]
    public async Task A_node_that_does_not_know_its_slot_yet_takes_no_update() => Assert.Equal(
        (StatusCode.FailedPrecondition, "no updates: the node is still starting"),
        await RefusalAsync(new InstallRequest { Options = new InstallOptions { Preserve = true } }));

    [Fact]
    public async Task A_reference_to_nothing_is_not_found() => Assert.Equal(
        StatusCode.NotFound, (await RefusalAsync(new InstallRequest { Options = new InstallOptions { Reference = "/no/such.bundle" } })).Code);

    [Fact]
    public async Task An_upgrade_of_the_lifecycle_service_that_fails_ends_with_exit_code_1()
    {
        using AsyncServerStreamingCall<LifecycleServiceUpgradeResponse> call = new LifecycleService.LifecycleServiceClient(node.Channel).Upgrade(
            new LifecycleServiceUpgradeRequest { Source = new InstallArtifactsSource { ImageName = "/no/such.bundle" } },
            MachineApiFixture.As("os:admin"), cancellationToken: Ct);
        List<LifecycleServiceInstallProgress> told = [];
        await foreach (LifecycleServiceUpgradeResponse answer in call.ResponseStream.ReadAllAsync(Ct))
        {
            told.Add(answer.Progress);
        }

        Assert.Equal(1, told[^1].ExitCode);
        Assert.Contains("/no/such.bundle", told[^2].Message, StringComparison.Ordinal);
    }

    private async Task<(StatusCode Code, string Detail)> RefusalAsync(InstallRequest first)
    {
        using AsyncDuplexStreamingCall<InstallRequest, InstallResponse> call = Updates.Install(MachineApiFixture.As("os:admin"), cancellationToken: Ct);
        await call.RequestStream.WriteAsync(first, Ct);
        RpcException refusal = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Ct));
        return (refusal.StatusCode, refusal.Status.Detail);
    }
}
