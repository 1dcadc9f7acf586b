using Talos.Linux;

namespace Talos.Kubernetes.Ports;

/// <summary>The kubelet's executable.</summary>
internal interface IKubeletBinary
{
    /// <summary>Its version as it or the image says it; null when the root holds none.</summary>
    /// <exception cref="KubernetesException">It does not say.</exception>
    Task<string?> VersionAsync(CancellationToken ct);
}

/// <summary>The executable of the root file system.</summary>
internal sealed class KubeletBinary(Reaper reaper) : IKubeletBinary
{
    /// <inheritdoc/>
    public async Task<string?> VersionAsync(CancellationToken ct)
    {
        if (!File.Exists(KubernetesPaths.Kubelet))
        {
            return null;
        }

        if (File.Exists(KubernetesPaths.KubeletVersion))
        {
            return await File.ReadAllTextAsync(KubernetesPaths.KubeletVersion, ct);
        }

        CommandResult result = await Command.RunAsync(reaper, KubernetesPaths.Kubelet, ["--version"], ct);
        return result.Status.IsSuccess
            ? result.Output
            : throw new KubernetesException($"{KubernetesPaths.Kubelet} --version: {result.Status}");
    }
}
