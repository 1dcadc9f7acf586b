using System.Net.Security;
using MQTTnet;
using Talos.Fleet.Protocol;
using Talos.Rpc.Tls;

namespace Talos.Fleet.Agent;

/// <summary>Connections over MQTT 5 and TLS with the node's certificate.</summary>
internal sealed class MqttLinks(TimeProvider time) : IFleetLinks
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    public async Task<IFleetLink> ConnectAsync(LinkOptions options, Func<LinkMessage, Task> receive, CancellationToken ct)
    {
        IMqttClient client = new MqttClientFactory().CreateMqttClient(new TlsAdapters(options.Broker.Host, options.Broker.Port, Tls(options)));
        MqttLink link = new(client, options.Identity.Node, receive);
        try
        {
            MqttClientConnectResult result = await client.ConnectAsync(Options(options), ct);
            if (result.ResultCode is not MqttClientConnectResultCode.Success)
            {
                throw new LinkException($"broker {options.Broker.Host}:{options.Broker.Port}: refused the connection: {result.ResultCode} {result.ReasonString}".TrimEnd());
            }

            await link.SubscribeAsync(result, ct);
            return link;
        }
        catch (Exception e) when (e is not (LinkException or OperationCanceledException))
        {
            // The client wraps whatever the socket or TLS threw.
            await link.DisposeAsync();
            throw new LinkException($"broker {options.Broker.Host}:{options.Broker.Port}: not connected: {Chain(e)}");
        }
        catch
        {
            await link.DisposeAsync();
            throw;
        }
    }

    private SslClientAuthenticationOptions Tls(LinkOptions options)
    {
        var tls = ClientTls.Trusting(options.Identity.Tls, options.Identity.Authorities, time);
        tls.ApplicationProtocols = null;
        tls.TargetHost = options.Broker.Host;
        return tls;
    }

    private static MqttClientOptions Options(LinkOptions options) =>
        new MqttClientOptionsBuilder()
            .WithTcpServer(options.Broker.Host, options.Broker.Port)
            .WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500)
            .WithClientId(options.Identity.Node)
            .WithCleanStart(false)
            .WithSessionExpiryInterval((uint)FleetDefaults.SessionExpiry.TotalSeconds)
            .WithKeepAlivePeriod(options.KeepAlive)
            .WithTimeout(Timeout)
            .WithTryPrivate(false)
            .WithRequestProblemInformation(true)
            .WithReceiveMaximum(16)
            .WithMaximumPacketSize(512 << 10)
            .WithWillTopic(new FleetTopic(options.Identity.Node, TopicKind.Presence).ToString())
            .WithWillPayload(options.Will.ToArray())
            .WithWillRetain(true)
            .WithWillQualityOfServiceLevel(MQTTnet.Protocol.MqttQualityOfServiceLevel.AtLeastOnce)
            .WithWillDelayInterval((uint)FleetDefaults.WillDelay.TotalSeconds)
            .Build();

    private static string Chain(Exception e)
    {
        List<string> messages = [];
        for (Exception? each = e; each is not null; each = each.InnerException)
        {
            if (messages.Count == 0 || !messages[^1].Contains(each.Message, StringComparison.Ordinal))
            {
                messages.Add(each.Message);
            }
        }

        return string.Join(": ", messages);
    }
}
