using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Talos.Api.Common;
using Talos.Api.Machine;
using Talos.Containers;
using Talos.Machined.Events;
using Talos.Services;
using Empty = Google.Protobuf.WellKnownTypes.Empty;
using ServiceEvent = Talos.Api.Machine.ServiceEvent;
using ServiceInfo = Talos.Api.Machine.ServiceInfo;

namespace Talos.Machined.Api;

internal sealed partial class MachineApi
{
    private const string KubernetesNamespace = "k8s.io";

    public override Task<ServiceListResponse> ServiceList(Empty request, ServerCallContext context)
    {
        ServiceList list = new();
        list.Services.AddRange(api.Node.Services.List().Select(Info));
        return Task.FromResult(new ServiceListResponse { Messages = { list } });
    }

    public override Task<ServiceStartResponse> ServiceStart(ServiceStartRequest request, ServerCallContext context)
    {
        api.Node.Services.Start(request.Id);
        return Task.FromResult(new ServiceStartResponse { Messages = { new ServiceStart { Resp = $"service \"{request.Id}\" was asked to start" } } });
    }

    public override async Task<ServiceStopResponse> ServiceStop(ServiceStopRequest request, ServerCallContext context)
    {
        await api.Node.Services.StopAsync(request.Id, context.CancellationToken);
        return new ServiceStopResponse { Messages = { new ServiceStop { Resp = $"service \"{request.Id}\" is stopped" } } };
    }

    public override async Task<ServiceRestartResponse> ServiceRestart(ServiceRestartRequest request, ServerCallContext context)
    {
        await api.Node.Services.RestartAsync(request.Id, context.CancellationToken);
        return new ServiceRestartResponse { Messages = { new ServiceRestart { Resp = $"service \"{request.Id}\" was asked to restart" } } };
    }

    public override async Task Logs(LogsRequest request, IServerStreamWriter<Data> responseStream, ServerCallContext context)
    {
        // The logs of services can be asked for in the namespace of the system; the kubelet's is found in any.
        bool isService = request.Namespace is "system" or "" || api.Node.Services.Find(request.Id) is not null;
        IAsyncEnumerable<ReadOnlyMemory<byte>> pieces = isService
            ? api.Node.Services.ReadLogAsync(request.Id, request.TailLines, request.Follow, context.CancellationToken)
            : api.Containers.LogsAsync(
                request.Namespace, Source(request.Driver), request.Id, request.Follow, request.TailLines, context.CancellationToken);
        await foreach (ReadOnlyMemory<byte> piece in pieces.WithCancellation(context.CancellationToken))
        {
            await responseStream.WriteAsync(new Data { Bytes = ByteString.CopyFrom(piece.Span) }, context.CancellationToken);
        }
    }

    public override Task<LogsContainersResponse> LogsContainers(Empty request, ServerCallContext context)
    {
        LogsContainer logs = new();
        logs.Ids.AddRange(api.Node.Services.Logs());
        return Task.FromResult(new LogsContainersResponse { Messages = { logs } });
    }

    private static ContainerSource Source(ContainerDriver driver) => driver is ContainerDriver.Cri ? ContainerSource.Cri : ContainerSource.Containerd;

    private static ServiceInfo Info(Talos.Services.ServiceInfo service)
    {
        ServiceInfo info = new()
        {
            Id = service.Id,
            State = State(service.State),
            Health = EventPublisher.Health(service),
            Events = new ServiceEvents(),
        };
        info.Events.Events.AddRange(service.Events.Select(e => new ServiceEvent
        {
            Msg = e.Message,
            State = State(e.State),
            Ts = Timestamp.FromDateTimeOffset(e.Time),
        }));
        return info;
    }

    private static string State(ServiceState state) => state.ToString();
}
