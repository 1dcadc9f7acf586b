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

    public Task<IFleetLink> ConnectAsync(LinkOptions options, Func<LinkMessage, Task> receive, CancellationToken ct)
    {
        Deliver = receive;
        Made.Enqueue(options.Identity.Tls.Certificate.Thumbprint);
        return Task.FromResult<IFleetLink>(new Link());
    }

    private sealed class Link : IFleetLink
    {
        public Task<string> Closed { get; } = new TaskCompletionSource<string>().Task;

        public bool SessionPresent => true;

        public Task PublishAsync(FleetTopic topic, ReadOnlyMemory<byte> payload, TimeSpan? expiry, CancellationToken ct) => Task.CompletedTask;

        public Task LeaveAsync(CancellationToken ct) => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
