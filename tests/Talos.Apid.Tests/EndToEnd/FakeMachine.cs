using Google.Protobuf;
using Grpc.Core;
using Talos.Api.Common;
using Talos.Api.Machine;
using Talos.Rpc.Authorization;
using Empty = Google.Protobuf.WellKnownTypes.Empty;

namespace Talos.Apid.Tests.EndToEnd;

/// <summary>Stands for machined: says who it is and with which roles it was called.</summary>
internal sealed class FakeMachine(string name) : MachineService.MachineServiceBase
{
    /// <summary>Ends when a stream of events was cancelled by its caller.</summary>
    public TaskCompletionSource EventsCancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override Task<HostnameResponse> Hostname(Empty request, ServerCallContext context) => Task.FromResult(new HostnameResponse
    {
        Messages = { new Hostname { Hostname_ = $"{name} {string.Join(',', context.Roles())}" } },
    });

    public override Task<MemoryResponse> Memory(Empty request, ServerCallContext context) =>
        throw new RpcException(new Status(StatusCode.NotFound, "keine Größe\nin /proc"));

    public override async Task<LoadAvgResponse> LoadAvg(Empty request, ServerCallContext context)
    {
        await Task.Delay(Timeout.Infinite, context.CancellationToken);
        return new LoadAvgResponse();
    }

    public override async Task Dmesg(DmesgRequest request, IServerStreamWriter<Data> responseStream, ServerCallContext context)
    {
        await responseStream.WriteAsync(new Data { Bytes = ByteString.CopyFromUtf8("one") });
        await responseStream.WriteAsync(new Data { Bytes = ByteString.CopyFromUtf8("two") });
    }

    public override async Task Read(ReadRequest request, IServerStreamWriter<Data> responseStream, ServerCallContext context)
    {
        ByteString chunk = ByteString.CopyFrom(new byte[1 << 20]);
        for (int i = 0; i < 8; i++)
        {
            await responseStream.WriteAsync(new Data { Bytes = chunk });
        }
    }

    public override async Task Events(EventsRequest request, IServerStreamWriter<Event> responseStream, ServerCallContext context)
    {
        await responseStream.WriteAsync(new Event());
        await using CancellationTokenRegistration ended = context.CancellationToken.Register(() => EventsCancelled.TrySetResult());
        await Task.Delay(Timeout.Infinite, context.CancellationToken);
    }

    public override async Task<EtcdRecoverResponse> EtcdRecover(IAsyncStreamReader<Data> requestStream, ServerCallContext context)
    {
        int bytes = 0;
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            bytes += requestStream.Current.Bytes.Length;
        }

        return new EtcdRecoverResponse { Messages = { new EtcdRecover { Metadata = new Api.Common.Metadata { Hostname = $"{bytes}" } } } };
    }
}
