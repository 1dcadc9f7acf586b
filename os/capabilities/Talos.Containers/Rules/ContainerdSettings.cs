using Talos.Config;

namespace Talos.Containers.Rules;

/// <summary>What differs between nodes in containerd's configuration.</summary>
internal sealed record ContainerdSettings
{
    /// <summary>Version of containerd in the root.</summary>
    public ContainerdVersion Version { get; init; } = ContainerdVersion.Unknown;

    /// <summary>The unix socket it serves.</summary>
    public string Socket { get; init; } = ContainerPaths.Socket;

    /// <summary>Persistent data: content, snapshots, metadata.</summary>
    public string Root { get; init; } = ContainerPaths.Root;

    /// <summary>Data of this boot: sockets and pipes of the shims.</summary>
    public string State { get; init; } = ContainerPaths.State;

    /// <summary>Image of the container that holds a pod's namespaces.</summary>
    public string SandboxImage { get; init; } = ContainerPaths.SandboxImage;

    /// <summary>Folder of the CNI plugins.</summary>
    public string CniBinaries { get; init; } = "/opt/cni/bin";

    /// <summary>Folder of the CNI configuration.</summary>
    public string CniConfiguration { get; init; } = "/etc/cni/net.d";

    /// <summary>Folder of the registry hosts.</summary>
    public string RegistryHosts { get; init; } = ContainerPaths.RegistryHosts;

    /// <summary>Whether containers keep at least the score of containerd: needed without CAP_SYS_RESOURCE.</summary>
    public bool RestrictOomScore { get; init; }

    /// <summary>Credentials by registry host.</summary>
    public IReadOnlyDictionary<string, RegistryAccess> Registries { get; init; } = new Dictionary<string, RegistryAccess>();
}
