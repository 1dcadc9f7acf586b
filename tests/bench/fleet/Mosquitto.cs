using System.Diagnostics;

namespace Talos.Fleet.Simulator;

/// <summary>A mosquitto with the certificates and the ACL of a hub; one that is not the first carries messages to and from the first.</summary>
internal sealed class Mosquitto : IDisposable
{
    private readonly Process _process;

    public Mosquitto(string folder, int port, int? upstream)
    {
        folder = Path.GetFullPath(folder);
        Port = port;
        string config = Path.Combine(folder, $"mosquitto-{port}.conf");
        string bridge = upstream is not { } first ? "" : $"""
            connection bridge-{port}
            address localhost:{first}
            bridge_cafile {folder}/ca.pem
            bridge_certfile {folder}/hub.pem
            bridge_keyfile {folder}/hub.key
            bridge_protocol_version mqttv50
            cleansession false
            notifications false
            topic talos/1/+/presence out 1
            topic talos/1/+/state out 1
            topic talos/1/+/telemetry out 1
            topic talos/1/+/events out 1
            topic talos/1/+/result/+ out 1
            topic talos/1/+/desired in 1
            topic talos/1/+/command/+ in 1
            topic talos/1/+/ack in 1

            """;

        // A bridge that told of itself below $SYS would be cut off by the ACL of the other.
        // Queues without a bound, so that a burst is counted and not dropped.
        File.WriteAllText(
            config,
            $"""
            user root
            max_queued_messages 0
            max_inflight_messages 1000
            listener {port} 127.0.0.1
            cafile {folder}/ca.pem
            certfile {folder}/server.pem
            keyfile {folder}/server.key
            crlfile {folder}/crl.pem
            require_certificate true
            use_identity_as_username true
            acl_file {folder}/mosquitto.acl
            {bridge}
            """);
        _process = Process.Start(new ProcessStartInfo("mosquitto", ["-c", config]) { RedirectStandardError = true })!;
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
    }

    public int Port { get; }

    /// <summary>Processor time and resident memory so far.</summary>
    public (TimeSpan Cpu, long Bytes) Usage()
    {
        _process.Refresh();
        return (_process.TotalProcessorTime, _process.WorkingSet64);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
