using System.Buffers;
using MQTTnet;
using MQTTnet.Protocol;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent;

/// <summary>One connection; topics of the node are said once and then by their alias.</summary>
internal sealed class MqttLink : IFleetLink
{
    private readonly IMqttClient _client;
    private readonly string _node;
    private readonly Func<LinkMessage, Task> _receive;
    private readonly TaskCompletionSource<LinkEnd> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<string, ushort> _aliases = new(StringComparer.Ordinal);
    private int _aliasMaximum;

    public MqttLink(IMqttClient client, string node, Func<LinkMessage, Task> receive)
    {
        (_client, _node, _receive) = (client, node, receive);
        client.ApplicationMessageReceivedAsync += e => _receive(new LinkMessage(e.ApplicationMessage.Topic, e.ApplicationMessage.Payload.ToArray()));
        client.DisconnectedAsync += e =>
        {
            _closed.TrySetResult(EndOf(e));
            return Task.CompletedTask;
        };
    }

    public Task<LinkEnd> Closed => _closed.Task;

    public bool SessionPresent { get; private set; }

    public async Task SubscribeAsync(MqttClientConnectResult connected, CancellationToken ct)
    {
        SessionPresent = connected.IsSessionPresent;
        _aliasMaximum = connected.TopicAliasMaximum;
        MqttClientSubscribeOptionsBuilder subscribe = new();
        foreach (string filter in FleetTopic.NodeFilters(_node))
        {
            // Retained messages come at each connection: a broker that lost its disk may have newer ones than its session.
            subscribe.WithTopicFilter(filter, MqttQualityOfServiceLevel.AtLeastOnce);
        }

        MqttClientSubscribeResult result = await _client.SubscribeAsync(subscribe.Build(), ct);
        foreach (MqttClientSubscribeResultItem item in result.Items)
        {
            if (item.ResultCode > MqttClientSubscribeResultCode.GrantedQoS2)
            {
                throw new LinkException($"broker: refused the subscription to {item.TopicFilter.Topic}: {item.ResultCode}");
            }
        }
    }

    public async Task PublishAsync(FleetTopic topic, ReadOnlyMemory<byte> payload, TimeSpan? expiry, CancellationToken ct)
    {
        string name = topic.ToString();
        MqttApplicationMessageBuilder message = new MqttApplicationMessageBuilder()
            .WithPayload(new ReadOnlySequence<byte>(payload))
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
            .WithRetainFlag(FleetTopic.IsRetained(topic.Kind));
        if (expiry is { } keep)
        {
            message.WithMessageExpiryInterval((uint)keep.TotalSeconds);
        }

        if (topic.CommandId is null && _aliases.TryGetValue(name, out ushort alias))
        {
            message.WithTopicAlias(alias);
        }
        else
        {
            message.WithTopic(name);
            if (topic.CommandId is null && _aliases.Count < _aliasMaximum)
            {
                alias = (ushort)(_aliases.Count + 1);
                message.WithTopicAlias(alias);
                _aliases.Add(name, alias);
            }
        }

        MqttClientPublishResult result;
        try
        {
            result = await _client.PublishAsync(message.Build(), ct);
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            throw new LinkException($"{name}: not published: {e.Message}", e);
        }

        // "No matching subscribers" is a success: the broker has it.
        if (!result.IsSuccess)
        {
            throw new LinkException($"{name}: the broker refuses it: {result.ReasonCode} {result.ReasonString}".TrimEnd());
        }
    }

    public async Task LeaveAsync(CancellationToken ct) =>
        await _client.DisconnectAsync(
            new MqttClientDisconnectOptions { Reason = MqttClientDisconnectOptionsReason.NormalDisconnection, SessionExpiryInterval = (uint)FleetDefaults.SessionExpiry.TotalSeconds }, ct);

    /// <summary>The client calls it a normal end when the broker closed the line without a packet that says why.</summary>
    private static LinkEnd EndOf(MqttClientDisconnectedEventArgs e) =>
        e is { Reason: MqttClientDisconnectReason.NormalDisconnection, Exception: null } && string.IsNullOrEmpty(e.ReasonString)
            ? new LinkEnd("the broker closed it without a reason", LinkEndKind.Silent)
            : new LinkEnd(
                $"{e.Reason} (0x{(int)e.Reason:x2}) {e.ReasonString} {e.Exception?.Message}".TrimEnd(),
                e.Reason is MqttClientDisconnectReason.SessionTakenOver ? LinkEndKind.TakenOver : LinkEndKind.Other);

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        _closed.TrySetResult(new LinkEnd("closed here"));
        return ValueTask.CompletedTask;
    }
}
