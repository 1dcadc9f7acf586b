using System.Net.Security;
using MQTTnet;
using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Formatter;

namespace Talos.Fleet.Agent;

/// <summary>Gives the MQTT client our own connection.</summary>
internal sealed class TlsAdapters(string host, int port, SslClientAuthenticationOptions tls) : IMqttClientAdapterFactory
{
    private const int WriterSize = 4096;
    private const int WriterLimit = 65535;

    public IMqttChannelAdapter CreateClientAdapter(MqttClientOptions options, MqttPacketInspector packetInspector, IMqttNetLogger logger)
    {
        MqttPacketFormatterAdapter formatter = new(options.ProtocolVersion, new MqttBufferWriter(WriterSize, WriterLimit));
        return new MqttChannelAdapter(new TlsChannel(host, port, tls), formatter, logger)
        {
            AllowPacketFragmentation = options.AllowPacketFragmentation,
            PacketInspector = packetInspector,
        };
    }
}
