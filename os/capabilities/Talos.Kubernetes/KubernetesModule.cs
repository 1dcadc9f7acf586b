using Microsoft.Extensions.Logging;
using Talos.Cosi;
using Talos.Kubernetes.Controllers;
using Talos.Kubernetes.Ports;
using Talos.Linux;

namespace Talos.Kubernetes;

/// <summary>The room of the kubelet: its service, static pods and the pod network.</summary>
public sealed class KubernetesModule : IDisposable
{
    private readonly KubeletIdentity _identity;
    private readonly KubeletApi _kubelet;
    private readonly Reaper _reaper;
    private readonly ILoggerFactory _logs;

    /// <summary>Prepares the room; nothing runs yet.</summary>
    public KubernetesModule(Reaper reaper, TimeProvider time, ILoggerFactory logs)
    {
        _reaper = reaper;
        _logs = logs;
        _identity = new KubeletIdentity(time);
        _kubelet = new KubeletApi(_identity);
    }

    /// <summary>Registers the controllers.</summary>
    public void Register(ControllerRuntime controllers)
    {
        ArgumentNullException.ThrowIfNull(controllers);
        NodeFiles files = new();
        controllers.Register(new NodenameController());
        controllers.Register(new PodNetworkController(files));
        controllers.Register(new KubeletSpecController(new KubeletBinary(_reaper), files, _logs.CreateLogger<KubeletSpecController>()));
        controllers.Register(new StaticPodController(_logs.CreateLogger<StaticPodController>()));
        controllers.Register(new StaticPodFilesController(files));
        controllers.Register(new KubeletServiceController(files, _identity));
        controllers.Register(new StaticPodStatusController(_kubelet));
    }

    /// <inheritdoc/>
    public void Dispose() => _kubelet.Dispose();
}
