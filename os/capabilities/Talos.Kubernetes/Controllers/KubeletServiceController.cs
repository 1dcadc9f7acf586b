using System.Security.Cryptography;
using System.Text;
using Talos.Cosi;
using Talos.Kubernetes.Ports;
using Talos.Resources.Cri;
using Talos.Resources.Kubernetes;
using Talos.Resources.Runtime;

namespace Talos.Kubernetes.Controllers;

/// <summary>Writes the kubelet's files and wants it to run, once the images that came with the root are in the container runtime.</summary>
internal sealed class KubeletServiceController(INodeFiles files, KubeletIdentity identity) : IController
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(1);

    /// <summary>Renews certificates that end, and those of a node whose clock was wrong when it started.</summary>
    private static readonly TimeSpan CheckInterval = TimeSpan.FromHours(1);

    public string Name => "kubernetes.KubeletServiceController";

    public IReadOnlyList<ControllerInput> Inputs { get; } =
        [ControllerInput.Weak<KubeletSpec>(), ControllerInput.Weak<ImagePreloadStatus>()];

    public IReadOnlyList<ControllerOutput> Outputs { get; } = [ControllerOutput.Shared<ServiceSpec>()];

    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        if (context.Find<KubeletSpec>(KubeletSpec.Id) is not { Phase: ResourcePhase.Running } kubelet)
        {
            await context.DestroyAsync<ServiceSpec>(KubernetesPaths.Service, ct);
            return;
        }

        if (context.Find<ImagePreloadStatus>(ImagePreloadStatus.Id) is not { Spec.Finished: true })
        {
            return;
        }

        if (!files.IsMounted(KubernetesPaths.Folder))
        {
            context.RequeueAfter(Wait);
            return;
        }

        identity.Ensure(kubelet.Spec.ExpectedNodename);
        files.MakeFolder(KubernetesPaths.Secrets);
        files.Write(KubernetesPaths.Authority, identity.AuthorityPem);
        files.Write(KubernetesPaths.ServerCertificate, identity.Server!.CertificatePem);
        files.Write(KubernetesPaths.ServerKey, identity.Server.KeyPem.Reveal());
        files.MakeFolder(kubelet.Spec.ManifestsDirectory);
        files.Write(KubernetesPaths.Configuration, kubelet.Spec.Config.Json);
        await context.WriteAsync(KubernetesPaths.Service, Service(kubelet.Spec), ct);
        context.RequeueAfter(CheckInterval);
    }

    private ServiceSpec Service(KubeletSpec kubelet) => new()
    {
        Executable = KubernetesPaths.Kubelet,
        Arguments = kubelet.Args,
        Environment =
        [
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME=/root",
            .. kubelet.Environment,
        ],
        Cgroup = KubernetesPaths.ServiceCgroup,
        OomScoreAdjustment = -450,
        DependsOn = [KubernetesPaths.RuntimeService],
        WaitForPaths = [KubernetesPaths.KubeletRoot, KubernetesPaths.Configuration],
        HealthCheck = new ServiceHealthCheck { Kind = ServiceHealthKind.Http, Target = "http://127.0.0.1:10248/healthz", GraceSeconds = 180 },
        StopTimeoutSeconds = 20,
        Revision = Fingerprint(kubelet.Config.Json + identity.AuthorityPem),
    };

    private static string Fingerprint(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
}
