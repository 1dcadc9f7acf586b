using Microsoft.Extensions.Logging;
using Talos.Cosi;
using Talos.Linux;
using Talos.Machined.Sequences;
using Talos.Services;
using Talos.Services.Logs;

namespace Talos.Machined.Node;

/// <summary>What all parts of this process share; made once, in <see cref="NodeHost"/>.</summary>
internal sealed record NodeContext
{
    /// <summary>Paths and switches.</summary>
    public required NodeOptions Options { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Makes loggers.</summary>
    public required ILoggerFactory Loggers { get; init; }

    /// <summary>Starts and reaps children.</summary>
    public required Reaper Reaper { get; init; }

    /// <summary>Reads pipes and devices.</summary>
    public required PipePump Pump { get; init; }

    /// <summary>The resources.</summary>
    public required IState State { get; init; }

    /// <summary>The controllers.</summary>
    public required ControllerRuntime Controllers { get; init; }

    /// <summary>The services.</summary>
    public required ServiceManager Services { get; init; }

    /// <summary>Their logs.</summary>
    public required ServiceLogs Logs { get; init; }

    /// <summary>What happens on the node.</summary>
    public required NodeEvents Events { get; init; }

    /// <summary>What the node is doing.</summary>
    public required NodeStage Stage { get; init; }

    /// <summary>Runs the sequences.</summary>
    public required Sequencer Sequencer { get; init; }
}

/// <summary>Paths and switches of this process.</summary>
internal sealed record NodeOptions
{
    /// <summary>The socket of the API.</summary>
    public string SocketPath { get; init; } = "/system/run/machined/machine.sock";

    /// <summary>Where logs of services are stored.</summary>
    public string LogDirectory { get; init; } = "/var/log";

    /// <summary>The executable that starts services.</summary>
    public string Launcher { get; init; } = "/proc/self/exe";

    /// <summary>The board's descriptor in the root.</summary>
    public string BoardFile { get; init; } = "/usr/share/talos/board.yaml";

    /// <summary>Names the version of the system.</summary>
    public string OsReleaseFile { get; init; } = "/etc/os-release";

    /// <summary>Certificates of those whose updates are taken, PEM.</summary>
    public string AnchorsFile { get; init; } = "/usr/share/talos/ota/anchors.pem";

    /// <summary>The kernel command line.</summary>
    public string CommandLine { get; init; } = "";
}
