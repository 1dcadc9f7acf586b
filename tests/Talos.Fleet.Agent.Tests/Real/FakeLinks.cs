using System.Collections.Concurrent;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent.Tests.Real;

/// <summary>A broker that takes everything and is never away.</summary>
internal sealed class FakeLinks : IFleetLinks
{
    /// <summary>Thumbprint of the certificate of each connection.</summary>
    public ConcurrentQueue<string> Made { get; } = new();

    /// <summary>Gives the agent a message, as the broker does.</summary>
    public Func<LinkMessage, Task>? Deliver { get; private set; }

    /// <summary>What was published, in order.</summary>
    public ConcurrentQueue<(TopicKind Kind, byte[] Payload)> Published { get; } = new();

    /// <summary>Ends the connection that is there, as the broker does.</summary>
    public void End(LinkEnd end) => _closed.TrySetResult(end);

    private TaskCompletionSource<LinkEnd> _closed = new();

    public Task<IFleetLink> ConnectAsync(LinkOptions options, Func<LinkMessage, Task> receive, CancellationToken ct)
    {
        Deliver = receive;
        Made.Enqueue(options.Identity.Tls.Certificate.Thumbprint);
        _closed = new TaskCompletionSource<LinkEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
        return Task.FromResult<IFleetLink>(new Link(Published, _closed.Task));
    }

    private sealed class Link(ConcurrentQueue<(TopicKind Kind, byte[] Payload)> published, Task<LinkEnd> closed) : IFleetLink
    {
        public Task<LinkEnd> Closed => closed;

        public bool SessionPresent => true;

        public Task PublishAsync(FleetTopic topic, ReadOnlyMemory<byte> payload, TimeSpan? expiry, CancellationToken ct)
        {
            published.Enqueue((topic.Kind, payload.ToArray()));
            return Task.CompletedTask;
        }

        public Task LeaveAsync(CancellationToken ct) => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
