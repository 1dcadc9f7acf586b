using Talos.Cosi;
using Talos.Kubernetes.Ports;
using Talos.Kubernetes.Rules;
using Talos.Resources.Kubernetes;

namespace Talos.Kubernetes.Controllers;

/// <summary>Keeps one manifest a static pod in the kubelet's folder; files of other names there are the user's.</summary>
internal sealed class StaticPodFilesController(INodeFiles files) : IController
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(1);

    public string Name => "kubernetes.StaticPodFilesController";

    public IReadOnlyList<ControllerInput> Inputs { get; } = [ControllerInput.Weak<StaticPod>(), ControllerInput.Weak<KubeletSpec>()];

    public IReadOnlyList<ControllerOutput> Outputs { get; } = [];

    public Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        if (context.Find<KubeletSpec>(KubeletSpec.Id) is not { Phase: ResourcePhase.Running } kubelet)
        {
            return Task.CompletedTask;
        }

        if (!files.IsMounted(KubernetesPaths.Folder))
        {
            context.RequeueAfter(Wait);
            return Task.CompletedTask;
        }

        string folder = kubelet.Spec.ManifestsDirectory;
        files.MakeFolder(folder);
        List<string> names = [];
        foreach (Resource<StaticPod> pod in context.List<StaticPod>().Where(pod => pod.Phase is ResourcePhase.Running))
        {
            string name = StaticPodFiles.FileName(pod.Id);
            names.Add(name);
            files.Write($"{folder}/{name}", pod.Spec.Pod.Json);
        }

        files.KeepOnly(folder, StaticPodFiles.Prefix, names);
        return Task.CompletedTask;
    }
}
