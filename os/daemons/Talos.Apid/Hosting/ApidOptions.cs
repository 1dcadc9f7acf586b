using System.Globalization;
using System.Net;
using Talos.Rpc.Tls;

namespace Talos.Apid.Hosting;

/// <summary>How apid was started.</summary>
internal sealed record ApidOptions
{
    /// <summary>Port of apid on every node.</summary>
    public const int DefaultPort = 50000;

    /// <summary>Where it listens.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.IPv6Any, DefaultPort);

    /// <summary>The file of certificates and names.</summary>
    public string SecretsPath { get; init; } = ApidSecrets.DefaultPath;

    /// <summary>The socket of machined.</summary>
    public string BackendPath { get; init; } = "/system/run/machined/machine.sock";

    /// <summary>The port of apid on other nodes.</summary>
    public int PeerPort { get; init; } = DefaultPort;

    /// <summary>Reads arguments of the form <c>--name=value</c>.</summary>
    /// <exception cref="ArgumentException">An argument is not known or has no usable value.</exception>
    public static ApidOptions Parse(IEnumerable<string> arguments)
    {
        ApidOptions options = new();
        foreach (string argument in arguments)
        {
            string[] parts = argument.Split('=', 2);
            string value = parts.Length == 2 ? parts[1] : "";
            options = (parts[0], value.Length > 0) switch
            {
                ("--listen", true) when IPEndPoint.TryParse(value, out IPEndPoint? listen) => options with { Listen = listen },
                ("--secrets", true) => options with { SecretsPath = value },
                ("--backend", true) => options with { BackendPath = value },
                ("--peer-port", true) when ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) =>
                    options with { PeerPort = port },
                _ => throw new ArgumentException($"apid: argument \"{argument}\": --listen=ADDRESS:PORT, --secrets=FILE, --backend=SOCKET and --peer-port=PORT are known"),
            };
        }

        return options;
    }
}
