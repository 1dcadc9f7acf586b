namespace Talos.Fleet.Hub.Messaging;

/// <summary>The way to nodes: the embedded broker or another one.</summary>
internal interface IBroker
{
    /// <summary>Whether something can be sent now.</summary>
    bool IsReady { get; }

    /// <summary>Clients connected to the embedded broker; null with another one.</summary>
    int? Connections { get; }

    /// <summary>Publishes with QoS 1; done when the broker has it.</summary>
    /// <param name="topic">Topic.</param>
    /// <param name="payload">Bytes.</param>
    /// <param name="retain">Whether the broker keeps it.</param>
    /// <param name="life">How long the broker may hold it for a node that is away; null: for ever.</param>
    /// <param name="ct">Cancels.</param>
    Task PublishAsync(string topic, ReadOnlyMemory<byte> payload, bool retain, TimeSpan? life, CancellationToken ct);
}
