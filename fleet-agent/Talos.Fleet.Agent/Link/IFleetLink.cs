using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent;

/// <summary>A message of the hub.</summary>
internal sealed record LinkMessage(string Topic, ReadOnlyMemory<byte> Payload);

/// <summary>The broker was not reached, refused, or is gone; the message says which broker and why.</summary>
internal sealed class LinkException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>What a connection is made with.</summary>
internal sealed record LinkOptions
{
    public required BrokerUrl Broker { get; init; }

    public required NodeIdentity Identity { get; init; }

    public required TimeSpan KeepAlive { get; init; }

    /// <summary>What the broker says when the node is gone without a word.</summary>
    public required ReadOnlyMemory<byte> Will { get; init; }
}

/// <summary>Makes connections to a broker.</summary>
internal interface IFleetLinks
{
    /// <summary>Connects and subscribes to everything for the node.</summary>
    /// <param name="options">How.</param>
    /// <param name="receive">Called for each message, one after the other; the broker is told that it came when this returns.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="LinkException">Not reached or refused.</exception>
    Task<IFleetLink> ConnectAsync(LinkOptions options, Func<LinkMessage, Task> receive, CancellationToken ct);
}

/// <summary>Why a connection ended.</summary>
/// <param name="Reason">For people: what the broker said, or what was seen of the line.</param>
/// <param name="Kind">What that means.</param>
internal sealed record LinkEnd(string Reason, LinkEndKind Kind = LinkEndKind.Other);

/// <summary>What the end of a connection means.</summary>
internal enum LinkEndKind
{
    /// <summary>The line broke, or the broker said another reason.</summary>
    Other,

    /// <summary>The broker gave the session to another client with the same identity, and said so.</summary>
    TakenOver,

    /// <summary>The broker closed it without a word. mosquitto 2.0 does so when another client takes the session over.</summary>
    Silent,
}

/// <summary>A connection to a broker.</summary>
internal interface IFleetLink : IAsyncDisposable
{
    /// <summary>Ends when the connection does; the result says why.</summary>
    Task<LinkEnd> Closed { get; }

    /// <summary>Whether the broker still had the session: then it also has what came meanwhile.</summary>
    bool SessionPresent { get; }

    /// <summary>Publishes with QoS 1; returns when the broker has it.</summary>
    /// <param name="topic">Where to.</param>
    /// <param name="payload">What.</param>
    /// <param name="expiry">How long the broker keeps it for readers that are away; null for ever.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="LinkException">The connection is gone, or the broker refuses the message.</exception>
    Task PublishAsync(FleetTopic topic, ReadOnlyMemory<byte> payload, TimeSpan? expiry, CancellationToken ct);

    /// <summary>Leaves in order: the Will is not sent.</summary>
    Task LeaveAsync(CancellationToken ct);
}
