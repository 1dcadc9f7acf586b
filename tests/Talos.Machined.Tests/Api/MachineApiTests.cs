using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Talos.Api.Cluster;
using Talos.Api.Inspect;
using Talos.Api.Machine;
using Talos.Machined.Sequences;
using Data = Talos.Api.Common.Data;
using FileInfo = Talos.Api.Machine.FileInfo;

namespace Talos.Machined.Tests.Api;

public class MachineApiTests(MachineApiFixture node) : IClassFixture<MachineApiFixture>
{
    private static readonly Metadata Reader = MachineApiFixture.As("os:reader");
    private static readonly Metadata Admin = MachineApiFixture.As("os:admin");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_version_is_one_that_clients_can_compare()
    {
        VersionResponse response = await node.Machine.VersionAsync(new Empty(), Reader, cancellationToken: Ct);

        Assert.Equal("v1.13.9", response.Messages[0].Version_.Tag);
        Assert.Equal(("metal", "metal"), (response.Messages[0].Platform.Name, response.Messages[0].Platform.Mode));
        Assert.True(response.Messages[0].Features.Rbac);
    }

    [Fact]
    public async Task The_first_process_is_among_the_services()
    {
        ServiceListResponse response = await node.Machine.ServiceListAsync(new Empty(), Reader, cancellationToken: Ct);

        ServiceInfo machined = response.Messages[0].Services.Single(s => s.Id == "machined");
        Assert.Equal("Running", machined.State);
        Assert.True(machined.Health.Healthy);
    }

    [Fact]
    public async Task What_the_kernel_says_is_answered()
    {
        MemInfo memory = (await node.Machine.MemoryAsync(new Empty(), Reader, cancellationToken: Ct)).Messages[0].Meminfo;
        Process processes = (await node.Machine.ProcessesAsync(new Empty(), Reader, cancellationToken: Ct)).Messages[0];
        Mounts mounts = (await node.Machine.MountsAsync(new Empty(), Reader, cancellationToken: Ct)).Messages[0];
        CPUsInfo processors = (await node.Machine.CPUInfoAsync(new Empty(), Reader, cancellationToken: Ct)).Messages[0];

        Assert.True(memory.Memtotal > memory.Memfree);
        Assert.Contains(processes.Processes, p => p.Pid == Environment.ProcessId && p.ResidentMemory > 0);
        Assert.Contains(mounts.Stats, m => m.MountedOn == "/" && m.Size > 0);
        Assert.Equal(Environment.ProcessorCount, processors.CpuInfo.Count);
    }

    [Fact]
    public async Task Events_begin_with_an_empty_one_then_come_those_asked_for()
    {
        ((ISequenceEvents)node.Node.Events).Sequence("actor-1", "boot", started: true, error: null);
        using AsyncServerStreamingCall<Event> call =
            node.Machine.Events(new EventsRequest { TailEvents = -1, WithActorId = "actor-1" }, Reader, cancellationToken: Ct);

        Assert.True(await call.ResponseStream.MoveNext(Ct));
        Assert.Equal("", call.ResponseStream.Current.Id);
        Assert.True(await call.ResponseStream.MoveNext(Ct));
        Assert.Equal("talos/runtime/machine.SequenceEvent", call.ResponseStream.Current.Data.TypeUrl);
        Assert.Equal("boot", SequenceEvent.Parser.ParseFrom(call.ResponseStream.Current.Data.Value).Sequence);
    }

    [Fact]
    public async Task Files_are_listed_read_and_packed_for_who_may()
    {
        string folder = Directory.CreateDirectory(Path.Combine(node.Folder, "files")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "a.txt"), new string('x', 100_000), Ct);

        List<FileInfo> list = await ReadAsync(node.Machine.List(new ListRequest { Root = folder }, Reader, cancellationToken: Ct));
        List<Data> text = await ReadAsync(node.Machine.Read(new ReadRequest { Path = $"{folder}/a.txt" }, Admin, cancellationToken: Ct));
        List<Data> packed = await ReadAsync(node.Machine.Copy(new CopyRequest { RootPath = folder }, Admin, cancellationToken: Ct));

        Assert.Equal([".", "a.txt"], list.Select(f => f.RelativeName));
        Assert.Equal(100_000, text.Sum(d => d.Bytes.Length));
        Assert.Equal([0x1f, 0x8b], packed[0].Bytes.Take(2).Select(b => (int)b));
        await RefusedAsync(StatusCode.PermissionDenied, () => ReadAsync(node.Machine.Read(new ReadRequest { Path = "/etc/hosts" }, Reader, cancellationToken: Ct)));
        await RefusedAsync(StatusCode.NotFound, () => ReadAsync(node.Machine.Read(new ReadRequest { Path = "/no/such" }, Admin, cancellationToken: Ct)));
        await RefusedAsync(StatusCode.InvalidArgument, () => ReadAsync(node.Machine.Read(new ReadRequest { Path = "/etc" }, Admin, cancellationToken: Ct)));
    }

    [Fact]
    public async Task The_log_of_the_first_process_is_told_and_that_of_nobody_is_not_found()
    {
        node.Node.Logs.Append("machined", "one\ntwo\n"u8);

        List<Data> log = await ReadAsync(node.Machine.Logs(new LogsRequest { Namespace = "system", Id = "machined", TailLines = 1 }, Reader, cancellationToken: Ct));

        Assert.Equal("two\n", string.Concat(log.Select(d => d.Bytes.ToString(Encoding.UTF8))));
        await RefusedAsync(StatusCode.NotFound, () => ReadAsync(node.Machine.Logs(new LogsRequest { Namespace = "system", Id = "nobody" }, Reader, cancellationToken: Ct)));
    }

    [Fact]
    public async Task A_config_with_mistakes_is_refused_with_their_places()
    {
        ApplyConfigurationRequest request = new()
        {
            Data = ByteString.CopyFromUtf8("version: v1alpha1\nmachine:\n  typo: x\n"),
            DryRun = true,
            Mode = ApplyConfigurationRequest.Types.Mode.Auto,
        };

        RpcException refused = await RefusedAsync(
            StatusCode.InvalidArgument, async () => await node.Machine.ApplyConfigurationAsync(request, Admin, cancellationToken: Ct));

        Assert.Contains("machine.typo, line 3", refused.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_does_not_apply_is_refused_in_kind()
    {
        await RefusedAsync(StatusCode.NotFound, async () => await node.Machine.ServiceStartAsync(new ServiceStartRequest { Id = "nobody" }, Admin, cancellationToken: Ct));
        await RefusedAsync(StatusCode.FailedPrecondition, async () =>
            await node.Machine.GenerateClientConfigurationAsync(new GenerateClientConfigurationRequest { Roles = { "os:reader" } }, Admin, cancellationToken: Ct));
        await RefusedAsync(StatusCode.InvalidArgument, async () =>
            await node.Machine.RebootAsync(new RebootRequest { Mode = (RebootRequest.Types.Mode)77 }, Admin, cancellationToken: Ct));
        await RefusedAsync(StatusCode.Unimplemented, async () => await node.Machine.EtcdStatusAsync(new Empty(), Admin, cancellationToken: Ct));
        await RefusedAsync(StatusCode.PermissionDenied, async () => await node.Machine.VersionAsync(new Empty(), cancellationToken: Ct));
    }

    [Fact]
    public async Task Who_reads_and_writes_what_is_told()
    {
        ControllerRuntimeDependenciesResponse response = await new InspectService.InspectServiceClient(node.Channel)
            .ControllerRuntimeDependenciesAsync(new Empty(), Reader, cancellationToken: Ct);

        Assert.Single(response.Messages);
    }

    [Fact]
    public async Task A_node_that_does_not_get_well_in_time_says_what_is_missing()
    {
        HealthCheckRequest request = new() { WaitTimeout = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(200)) };
        using AsyncServerStreamingCall<HealthCheckProgress> call =
            new ClusterService.ClusterServiceClient(node.Channel).HealthCheck(request, Reader, cancellationToken: Ct);

        Assert.True(await call.ResponseStream.MoveNext(Ct));
        Assert.StartsWith("waiting for the node to be ready: Maintenance", call.ResponseStream.Current.Message, StringComparison.Ordinal);
        await RefusedAsync(StatusCode.DeadlineExceeded, () => call.ResponseStream.MoveNext(Ct));
    }

    private static async Task<RpcException> RefusedAsync(StatusCode code, Func<Task> call)
    {
        RpcException refused = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal(code, refused.StatusCode);
        return refused;
    }

    private static async Task<List<T>> ReadAsync<T>(AsyncServerStreamingCall<T> call)
    {
        using (call)
        {
            return await call.ResponseStream.ReadAllAsync(Ct).ToListAsync(Ct);
        }
    }
}
