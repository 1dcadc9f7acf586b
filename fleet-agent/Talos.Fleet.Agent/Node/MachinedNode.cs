using System.Globalization;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Talos.Api.Cosi;
using Talos.Api.Machine;
using Talos.Api.Ota;
using Talos.Config;
using Talos.Fleet.Protocol;
using Talos.Linux;
using Talos.Pki;
using Talos.Rpc.Authorization;
using Event = Talos.Api.Machine.Event;
using ListRequest = Talos.Api.Cosi.ListRequest;
using Metadata = Grpc.Core.Metadata;
using SlotCondition = Talos.Fleet.Protocol.SlotCondition;

namespace Talos.Fleet.Agent;

/// <summary>The node over machined's socket, each call with the least role it needs.</summary>
internal sealed class MachinedNode(ChannelBase channel, TimeProvider time) : INode
{
    private const string ConfigPath = "/system/state/config.yaml";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    /// <summary>For a dozen calls in a row.</summary>
    private static readonly TimeSpan FactsLimit = TimeSpan.FromSeconds(60);

    private static readonly Metadata Reader = Headers(Role.Reader);
    private static readonly Metadata Operator = Headers(Role.Operator);
    private static readonly Metadata Admin = Headers(Role.Admin);

    private readonly MachineService.MachineServiceClient _machine = new(channel);
    private readonly State.StateClient _resources = new(channel);
    private readonly UpdateService.UpdateServiceClient _updates = new(channel);
    private readonly string _bootId = System.Text.Encoding.ASCII.GetString(KernelFiles.ReadBytes("/proc/sys/kernel/random/boot_id")).Trim();

    public Task<NodeFacts> FactsAsync(CancellationToken ct) => Within("facts", FactsLimit, ct, async limited =>
    {
        Talos.Api.Machine.Version version = (await _machine.VersionAsync(new Empty(), Until(Reader, limited))).Messages[0];
        string machine = await SpecAsync("runtime", "MachineStatuses.runtime.talos.dev", "machine", limited);
        string clock = await SpecAsync("runtime", "TimeStatuses.v1alpha1.talos.dev", "node", limited);
        string addresses = await SpecAsync("network", "NodeAddresses.net.talos.dev", "current", limited);
        ServiceInfo? kubelet = (await _machine.ServiceListAsync(new Empty(), Until(Reader, limited))).Messages[0].Services.FirstOrDefault(s => s.Id == "kubelet");
        string hostname = (await _machine.HostnameAsync(new Empty(), Until(Reader, limited))).Messages[0].Hostname_;
        string kubeletStatus = kubelet is null ? "" : await SpecAsync("k8s", "KubeletStatuses.kubernetes.talos.dev", "kubelet", limited);
        List<(string Id, string Spec)> running = kubelet is null ? [] : await SpecsAsync("k8s", "StaticPodStatuses.kubernetes.talos.dev", limited);
        List<(string Id, string Spec)> wanted = kubelet is null ? [] : await SpecsAsync("k8s", "StaticPods.kubernetes.talos.dev", limited, Admin);
        List<(string Id, string Spec)> disks = await SpecsAsync("runtime", "DiskHealths.edge.talos.dev", limited);
        UpdateFacts? update = await UpdateAsync(limited);
        return new NodeFacts
        {
            BootId = _bootId,
            BootReason = BootReason(),
            Hostname = hostname,
            // The version call answers with the release of the wire API; the fleet compares that of the installed system.
            Version = update is { RunningVersion.Length: > 0 } ? update.RunningVersion : version.Version_.Tag,
            Architecture = version.Version_.Arch,
            Stage = YamlLines.Value(machine, "stage") ?? "unknown",
            Ready = YamlLines.Value(machine, "ready") == "true",
            Unmet = [.. YamlLines.Records(machine, "unmetConditions").Take(16).Select(c => c.GetValueOrDefault("reason", "")).Select(r => EventRecorder.Clean(r)[..Math.Min(r.Length, 256)])],
            ClockSynced = YamlLines.Value(clock, "synced") == "true",
            Addresses = [.. YamlLines.Items(addresses).Take(32)],
            Kubernetes = kubelet is null ? null : PodCounts.Of(kubeletStatus, [.. running.Select(p => p.Spec)]) with { Healthy = kubelet.Health?.Healthy ?? false },
            Holds = PodHolds.Of(wanted, running, hostname),
            Disks = disks.Take(8).ToDictionary(d => d.Id, d => DiskFacts.Of(d.Spec)),
            Update = update,
        };
    });

    public async IAsyncEnumerable<NodeHappening> EventsAsync(EventMark? mark, [EnumeratorCancellation] CancellationToken ct)
    {
        EventsRequest request = mark is null ? new EventsRequest { TailEvents = -1 } : new EventsRequest { TailId = mark.Cursor };
        EventMapping mapping = new(mark);
        using AsyncServerStreamingCall<Event> call = _machine.Events(request, new CallOptions(Reader, cancellationToken: ct));
        while (await Next(call.ResponseStream, ct))
        {
            Event happened = call.ResponseStream.Current;
            if (happened.Data is not null && happened.Id != mark?.Cursor && mapping.Map(happened, time.GetUtcNow()) is { } said)
            {
                yield return said;
            }
        }
    }

    public Task InstallAsync(UpdateTarget target, string authorities, CancellationToken ct) => Ask($"install {target.Version} from {target.Url}", async () =>
    {
        using AsyncDuplexStreamingCall<InstallRequest, InstallResponse> call = _updates.Install(new CallOptions(Admin, cancellationToken: ct));
        await call.RequestStream.WriteAsync(
            new InstallRequest
            {
                Options = new InstallOptions
                {
                    Reference = target.Url,
                    Force = target.Force,
                    Reboot = true,
                    BundleId = target.BundleId,
                    Authorities = authorities,
                },
            },
            ct);
        await call.RequestStream.CompleteAsync();
        while (await call.ResponseStream.MoveNext(ct))
        {
        }

        return true;
    });

    public Task RebootAsync(CancellationToken ct) =>
        Within("reboot", Limit, ct, async limited => await _machine.RebootAsync(new RebootRequest(), Until(Operator, limited)));

    public Task RollbackAsync(CancellationToken ct) =>
        Within("rollback", Limit, ct, async limited => await _machine.RollbackAsync(new RollbackRequest(), Until(Admin, limited)));

    public Task<string> PatchConfigAsync(string patch, CancellationToken ct) => Within("apply the patch", FactsLimit, ct, async limited =>
    {
        using MemoryStream config = new();
        using (AsyncServerStreamingCall<Talos.Api.Common.Data> read = _machine.Read(new ReadRequest { Path = ConfigPath }, Until(Admin, limited)))
        {
            while (await read.ResponseStream.MoveNext(limited))
            {
                read.ResponseStream.Current.Bytes.WriteTo(config);
            }
        }

        string patched;
        try
        {
            patched = ConfigPatcher.Apply(System.Text.Encoding.UTF8.GetString(config.ToArray()), [patch]);
        }
        catch (ConfigException e)
        {
            throw new NodeException($"the patch does not fit the machine config: {e.Message}", e);
        }

        ApplyConfigurationResponse answer = await _machine.ApplyConfigurationAsync(
            new ApplyConfigurationRequest { Data = ByteString.CopyFromUtf8(patched), Mode = ApplyConfigurationRequest.Types.Mode.Auto }, Until(Admin, limited));
        return answer.Messages is [var first, ..] ? string.Join("; ", first.Warnings.Prepend(first.ModeDetails).Where(t => t.Length > 0)) : "";
    });

    public Task WriteSupportBundleAsync(Stream output, CancellationToken ct) => Ask("collect the support bundle", async () =>
    {
        await SupportBundle.WriteAsync(_machine, Reader, output, ct);
        return true;
    });

    private async Task<UpdateFacts?> UpdateAsync(CancellationToken ct)
    {
        try
        {
            StatusResponse status = await _updates.StatusAsync(new StatusRequest(), Until(Reader, ct));
            List<SlotReport> slots = [];
            if (status.RunningSlot.Length > 0)
            {
                SlotsResponse answer = await _updates.SlotsAsync(new SlotsRequest(), Until(Reader, ct));
                slots.AddRange(answer.Slots.Select(s => new SlotReport { Id = s.Id, Condition = (SlotCondition)(int)s.Condition, Version = s.Version.Length > 0 ? s.Version : null }));
            }

            return new UpdateFacts
            {
                Phase = status.Trial is { Verdict: "waiting" } ? UpdatePhase.Trial : (UpdatePhase)Math.Max(0, (int)status.State - 1),
                RunningVersion = status.RunningVersion,
                Slot = status.RunningSlot.Length > 0 ? status.RunningSlot : null,
                Version = status.Version,
                Message = status.Message,
                Percent = status is { State: UpdateState.Writing, Progress: { TotalBytes: > 0 } progress }
                    ? (int)(100 * (double)Math.Clamp(progress.DoneBytes, 0, progress.TotalBytes) / progress.TotalBytes)
                    : null,
                FallbackVersion = status.LastFallback?.Version ?? "",
                FallbackReason = status.LastFallback?.Reason ?? "",
                Failed = status.FailedVersions.GroupBy(f => f.Version).ToDictionary(f => f.Key, f => f.Last().Reason),
                Slots = slots,
            };
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.FailedPrecondition or StatusCode.Unimplemented)
        {
            return null;
        }
    }

    /// <summary>Ids and specs of all resources of a type, as YAML.</summary>
    private async Task<List<(string Id, string Spec)>> SpecsAsync(string area, string type, CancellationToken ct, Metadata? role = null)
    {
        List<(string, string)> specs = [];
        using AsyncServerStreamingCall<ListResponse> list = _resources.List(new ListRequest { Namespace = area, Type = type }, Until(role ?? Reader, ct));
        while (await list.ResponseStream.MoveNext(ct))
        {
            specs.Add((list.ResponseStream.Current.Resource.Metadata.Id, list.ResponseStream.Current.Resource.Spec.YamlSpec));
        }

        return specs;
    }

    /// <summary>The spec of a resource as YAML; empty when it is absent.</summary>
    private async Task<string> SpecAsync(string area, string type, string id, CancellationToken ct)
    {
        try
        {
            return (await _resources.GetAsync(new GetRequest { Namespace = area, Type = type, Id = id }, Until(Reader, ct))).Resource.Spec.YamlSpec;
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.NotFound)
        {
            return "";
        }
    }

    /// <summary>The watchdog's driver remembers when it was the cause. Source: linux/watchdog.h, WDIOF_CARDRESET.</summary>
    private static string? BootReason()
    {
        try
        {
            string status = System.Text.Encoding.ASCII.GetString(KernelFiles.ReadBytes("/sys/class/watchdog/watchdog0/bootstatus")).Trim();
            return int.TryParse(status, CultureInfo.InvariantCulture, out int bits) && (bits & 0x20) != 0 ? "watchdog" : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static async Task<bool> Next(IAsyncStreamReader<Event> events, CancellationToken ct)
    {
        try
        {
            return await events.MoveNext(ct);
        }
        catch (RpcException)
        {
            // gRPC ends a call that was cancelled with a status of its own; to the caller it is a cancellation like any other.
            ct.ThrowIfCancellationRequested();
            return false;
        }
    }

    private static CallOptions Until(Metadata headers, CancellationToken ct) => new(headers, cancellationToken: ct);

    /// <summary>Asks for so long at most, by the monotonic clock: a gRPC deadline is a date, and moves when the clock is set.</summary>
    private async Task<T> Within<T>(string what, TimeSpan limit, CancellationToken ct, Func<CancellationToken, Task<T>> call)
    {
        using CancellationTokenSource over = new(limit, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, ct);
        try
        {
            return await Ask(what, () => call(either.Token));
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new NodeException($"{what}: no answer within {limit.TotalSeconds} s", e);
        }
    }

    private static Metadata Headers(Role role) => new() { { CallRoles.MetadataKey, role.Name } };

    private static async Task<T> Ask<T>(string what, Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.Cancelled)
        {
            throw new OperationCanceledException($"{what}: cancelled", e);
        }
        catch (RpcException e)
        {
            throw new NodeException($"{what}: {e.Status.Detail}", e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new NodeException($"{what}: {e.Message}", e);
        }
    }
}
