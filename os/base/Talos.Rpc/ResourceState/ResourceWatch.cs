using System.Buffers.Binary;
using Google.Protobuf;
using Grpc.Core;
using Talos.Cosi;
using Talos.Rpc.Errors;
using Wire = Talos.Api.Cosi;

namespace Talos.Rpc.ResourceState;

/// <summary>One watch of a client: an empty response says that it is set up, then events follow.</summary>
/// <param name="request">As received.</param>
/// <param name="format">The form of the type on the wire.</param>
internal sealed class ResourceWatch(Wire.WatchRequest request, SpecFormat format)
{
    /// <summary>Clients from this version on understand events that carry no resource.</summary>
    private const int BareEventsVersion = 1;

    private const int LargestBatch = 256;

    private readonly Wire.WatchOptions _options = request.Options ?? new Wire.WatchOptions();
    private bool _found;

    // A watch of one resource begins with how it is now, unless the client asks for the past.
    private bool BeginsWithNow => request.HasId && _options.TailEvents == 0 && !_options.HasStartFromBookmark;

    public async Task RunAsync(IState state, IServerStreamWriter<Wire.WatchResponse> responses, CancellationToken ct)
    {
        using IStateWatch watch = state.Watch(request.Namespace, request.Type, Options());
        await responses.WriteAsync(new Wire.WatchResponse(), ct);

        // Not disposed: a step may still be pending when a write fails; the watch ends it.
        IAsyncEnumerator<StateEvent> events = watch.ReadAllAsync(ct).GetAsyncEnumerator(ct);
        bool more = await events.MoveNextAsync();
        while (more)
        {
            Wire.WatchResponse response = new();
            ValueTask<bool>? pending = null;
            while (more && pending is null)
            {
                if (Convert(events.Current) is { } converted)
                {
                    response.Event.Add(converted);
                }

                ValueTask<bool> next = events.MoveNextAsync();
                if (_options.Aggregated && response.Event.Count < LargestBatch && next.IsCompletedSuccessfully)
                {
                    more = next.Result;
                }
                else
                {
                    pending = next;
                }
            }

            if (response.Event.Count > 0)
            {
                await responses.WriteAsync(response, ct);
            }

            more = pending is { } step ? await step : more;
        }
    }

    private WatchOptions Options() => new()
    {
        Id = request.HasId ? request.Id : null,
        Filter = ResourceQuery.Parse(_options.LabelQuery, _options.IdQuery),
        BootstrapContents = _options.BootstrapContents || BeginsWithNow,
        BootstrapBookmark = _options.BootstrapBookmark,
        TailEvents = Math.Clamp(_options.TailEvents, 0, InMemoryState.HistoryLength),
        StartFromBookmark = _options.HasStartFromBookmark ? Bookmark(_options.StartFromBookmark) : null,
    };

    private Wire.Event? Convert(StateEvent happened)
    {
        if (happened.Kind is StateEventKind.Bootstrapped && BeginsWithNow)
        {
            return _found ? null : new Wire.Event
            {
                EventType = Wire.EventType.Destroyed,
                Resource = WireResource.Absent(new ResourceAddress(request.Namespace, request.Type, request.Id)),
                Bookmark = Bookmark(happened.Bookmark),
            };
        }

        if (happened.Kind is StateEventKind.Bootstrapped or StateEventKind.Noop && request.ApiVersion < BareEventsVersion)
        {
            return null;
        }

        _found = true;
        Wire.Event converted = new() { EventType = Kind(happened.Kind), Bookmark = Bookmark(happened.Bookmark) };
        if (happened.Resource is { } resource)
        {
            converted.Resource = WireResource.From(resource, format);
        }

        if (happened.Old is { } old)
        {
            converted.Old = WireResource.From(old, format);
        }

        if (happened.Error is { } error)
        {
            converted.Error = error;
        }

        return converted;
    }

    private static Wire.EventType Kind(StateEventKind kind) => kind switch
    {
        StateEventKind.Created => Wire.EventType.Created,
        StateEventKind.Updated => Wire.EventType.Updated,
        StateEventKind.Destroyed => Wire.EventType.Destroyed,
        StateEventKind.Bootstrapped => Wire.EventType.Bootstrapped,
        StateEventKind.Errored => Wire.EventType.Errored,
        StateEventKind.Noop => Wire.EventType.Noop,
    };

    private static ByteString Bookmark(ulong position)
    {
        byte[] bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, position);
        return ByteString.CopyFrom(bytes);
    }

    private static ulong Bookmark(ByteString bytes) => bytes.Length == sizeof(ulong)
        ? BinaryPrimitives.ReadUInt64BigEndian(bytes.Span)
        : throw new InvalidRequestException("options.start_from_bookmark", $"has {bytes.Length} bytes instead of {sizeof(ulong)}");
}
