using Talos.Resources.Runtime;

namespace Talos.Secrets.Rules;

/// <summary>How apid and trustd are run.</summary>
internal static class DaemonServices
{
    public const string Apid = "apid";
    public const string Trustd = "trustd";
    public const int ApidPort = 50000;
    public const int TrustdPort = 50001;

    /// <summary>The service of one daemon.</summary>
    /// <param name="name">Name of the daemon.</param>
    /// <param name="port">Where it listens.</param>
    /// <param name="secretsPath">The file it reads.</param>
    public static ServiceSpec Spec(string name, int port, string secretsPath) => new()
    {
        Executable = $"/usr/bin/{name}",
        Environment = DaemonEnvironment.Small,
        Cgroup = $"system/{name}",
        MemoryMaxBytes = 192L << 20,
        MemoryMinBytes = 16L << 20,
        OomScoreAdjustment = -998,

        // Both listen on high ports and read files of their own user: neither needs a capability. apid's user is root, as the socket of
        // machined is root's.
        DroppedCapabilities = DaemonRights.AllBut(),
        User = name == Trustd ? DaemonRights.TrustdUser : 0,
        Confined = true,
        DeniedCalls = ServiceDeniedCalls.Daemon,
        WaitForPaths = [secretsPath],
        Essential = name == Apid,
        HealthCheck = new ServiceHealthCheck { Kind = ServiceHealthKind.Tcp, Target = $"127.0.0.1:{port}", IntervalSeconds = 30 },
    };
}
