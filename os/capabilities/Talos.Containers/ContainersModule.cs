using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Talos.Containers.Controllers;
using Talos.Containers.Images;
using Talos.Containers.Logs;
using Talos.Containers.Pods;
using Talos.Containers.Ports;
using Talos.Containers.Queries;
using Talos.Cosi;

namespace Talos.Containers;

/// <summary>The room of containerd: its service, the preloaded images, and what the API asks of it.</summary>
public sealed class ContainersModule : IDisposable
{
    private readonly ContainerdClient _containerd = new(ContainerPaths.Socket);
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _logs;

    /// <summary>Prepares the room; nothing is asked of containerd before the first use.</summary>
    public ContainersModule(TimeProvider time, ILoggerFactory logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        _time = time;
        _logs = logs;
        Queries = new ContainerQueries(_containerd, new CgroupFiles("/proc", Linux.Cgroup.Mount), new CriLogReader(time));
        Pods = new PodStopper(_containerd.Runtime, time, logs.CreateLogger<PodStopper>());
    }

    /// <summary>Pods, containers, images and their logs.</summary>
    public IContainerQueries Queries { get; }

    /// <summary>For the sequences that bring the node down.</summary>
    public IPodStopper Pods { get; }

    /// <summary>Registers the controllers.</summary>
    public void Register(ControllerRuntime controllers)
    {
        ArgumentNullException.ThrowIfNull(controllers);
        RuntimeFiles files = new();
        ImageImporter importer = new(new ContainerdImageStore(_containerd, _time), Architecture);
        controllers.Register(new RuntimeServiceController(files, _logs.CreateLogger<RuntimeServiceController>()));
        controllers.Register(new ImagePreloadController(files, importer, _time, _logs.CreateLogger<ImagePreloadController>()));
    }

    /// <inheritdoc/>
    public void Dispose() => _containerd.Dispose();

    private static string Architecture => RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        var other => other.ToString(),
    };
}
