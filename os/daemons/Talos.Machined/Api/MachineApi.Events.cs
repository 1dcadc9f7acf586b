using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Talos.Api.Common;
using Talos.Api.Machine;
using Talos.Linux;
using Talos.Machined.Api.Proc;
using Talos.Machined.Events;

namespace Talos.Machined.Api;

internal sealed partial class MachineApi
{
    public override async Task Events(EventsRequest request, IServerStreamWriter<Event> responseStream, ServerCallContext context)
    {
        // Clients wait for an empty event: it says that from here on none is missed.
        await responseStream.WriteAsync(new Event(), context.CancellationToken);
        await foreach (NodeEvent happened in api.Events.ReadAsync(EventTail.Parse(request), context.CancellationToken))
        {
            await responseStream.WriteAsync(
                new Event
                {
                    Id = happened.Id,
                    ActorId = happened.ActorId,
                    Data = new Any { TypeUrl = happened.TypeUrl, Value = happened.Payload },
                },
                context.CancellationToken);
        }
    }

    public override async Task Dmesg(DmesgRequest request, IServerStreamWriter<Data> responseStream, ServerCallContext context)
    {
        TimeProvider time = api.Node.Time;
        DateTimeOffset booted = time.GetUtcNow() - TimeSpan.FromSeconds((double)time.GetTimestamp() / time.TimestampFrequency);
        await foreach (KmsgRecord record in api.KernelLog.ReadAsync(past: !request.Tail, request.Follow, context.CancellationToken))
        {
            Data line = new() { Bytes = ByteString.CopyFrom(KmsgText.Format(record, booted), Encoding.UTF8) };
            await responseStream.WriteAsync(line, context.CancellationToken);
        }
    }
}
