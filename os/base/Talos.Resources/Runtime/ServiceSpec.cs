using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Runtime;

/// <summary>A process that should run and be kept running; the id is the name of the service.</summary>
public sealed record ServiceSpec : IResourceSpec<ServiceSpec>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("ServiceSpecs." + ResourceJson.OwnDomain, "runtime")
    {
        // The environment holds what the config gives it, such as the password of a proxy.
        Sensitive = true,
        PrintColumns = [new PrintColumn("Executable", "{.executable}"), new PrintColumn("Cgroup", "{.cgroup}")],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<ServiceSpec> Json => RuntimeJson.Default.ServiceSpec;

    /// <summary>Absolute path of the executable.</summary>
    public required string Executable { get; init; }

    /// <summary>Arguments, without the program name.</summary>
    public ValueList<string> Arguments { get; init; }

    /// <summary>Name under which the program sees itself (argv[0]); the executable's path when empty.</summary>
    public string ProgramName { get; init; } = "";

    /// <summary>Environment as <c>NAME=value</c>; nothing is inherited.</summary>
    public ValueList<string> Environment { get; init; }

    /// <summary>Control group relative to the root of the hierarchy, such as <c>system/apid</c>.</summary>
    public required string Cgroup { get; init; }

    /// <summary>Hard memory limit in bytes; 0 for none.</summary>
    public long MemoryMaxBytes { get; init; }

    /// <summary>Memory in bytes that the kernel keeps for it under pressure; 0 for none.</summary>
    public long MemoryMinBytes { get; init; }

    /// <summary>How willingly the kernel ends it when memory is short, -1000 to 1000.</summary>
    public int OomScoreAdjustment { get; init; }

    /// <summary>Capabilities it must not have, such as <c>CAP_SYS_BOOT</c>.</summary>
    public ValueList<string> DroppedCapabilities { get; init; }

    /// <summary>User and group id it runs as; 0 for root.</summary>
    public int User { get; init; }

    /// <summary>Whether it can never get more privileges than it starts with, and leaves no image of its memory when it crashes.</summary>
    public bool Confined { get; init; }

    /// <summary>System calls it may not make.</summary>
    public ServiceDeniedCalls DeniedCalls { get; init; }

    /// <summary>Services that must be healthy first.</summary>
    public ValueList<string> DependsOn { get; init; }

    /// <summary>Files or folders that must exist first.</summary>
    public ValueList<string> WaitForPaths { get; init; }

    /// <summary>How to tell that it works.</summary>
    public ServiceHealthCheck HealthCheck { get; init; } = new();

    /// <summary>When it is started again.</summary>
    public ServiceRestartPolicy Restart { get; init; } = ServiceRestartPolicy.Always;

    /// <summary>Time between the request to stop and the kill, in seconds; at least 1.</summary>
    public int StopTimeoutSeconds { get; init; } = 10;

    /// <summary>Whether processes it started may outlive it, as the shims of the container runtime do; otherwise its whole control group is killed.</summary>
    public bool KeepsChildren { get; init; }

    /// <summary>Whether the node needs it: over the API it can only be restarted, not stopped.</summary>
    public bool Essential { get; init; }

    /// <summary>Anything that stands for the contents of its files: another value restarts it.</summary>
    public string Revision { get; init; } = "";
}

/// <summary>System calls that a service may not make.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ServiceDeniedCalls>))]
public enum ServiceDeniedCalls
{
    /// <summary>None: it may make all.</summary>
    None,

    /// <summary>What a daemon never needs that serves and calls others.</summary>
    Daemon,

    /// <summary>The same, but for loading modules.</summary>
    DeviceDaemon,
}

/// <summary>When a service is started again after it ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ServiceRestartPolicy>))]
public enum ServiceRestartPolicy
{
    /// <summary>Always, with back-off.</summary>
    Always,

    /// <summary>Only when it failed.</summary>
    OnFailure,

    /// <summary>Never.</summary>
    Never,
}

/// <summary>How the health of a service is found out.</summary>
public sealed record ServiceHealthCheck
{
    /// <summary>The mechanism.</summary>
    public ServiceHealthKind Kind { get; init; }

    /// <summary>Path of the socket or file, <c>address:port</c>, or URL, as the kind wants it.</summary>
    public string Target { get; init; } = "";

    /// <summary>Time between two good checks, in seconds; at least 1. The end of a process is seen at once, without any check.</summary>
    public int IntervalSeconds { get; init; } = 10;

    /// <summary>Time after which a check has failed, in seconds; at least 1.</summary>
    public int TimeoutSeconds { get; init; } = 5;

    /// <summary>Time from its start within which a service that has not yet answered well is starting, not unhealthy, in seconds.</summary>
    public int GraceSeconds { get; init; } = 60;
}

/// <summary>A mechanism to tell that a service works.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ServiceHealthKind>))]
public enum ServiceHealthKind
{
    /// <summary>It works while it runs.</summary>
    None,

    /// <summary>A connection to its unix socket is accepted.</summary>
    UnixSocket,

    /// <summary>A TCP connection is accepted.</summary>
    Tcp,

    /// <summary>A GET over plain HTTP answers 200 to 399.</summary>
    Http,

    /// <summary>A file exists.</summary>
    File,
}
