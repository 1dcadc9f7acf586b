namespace Talos.Kubernetes;

/// <summary>Where things are on the node.</summary>
internal static class KubernetesPaths
{
    public const string Kubelet = "/usr/bin/kubelet";
    public const string KubeletVersion = "/usr/share/talos/kubelet.version";
    public const string KubeletRoot = "/var/lib/kubelet";
    public const string Folder = "/etc/kubernetes";
    public const string Configuration = "/etc/kubernetes/kubelet.yaml";
    public const string Manifests = "/etc/kubernetes/manifests";

    /// <summary>Read instead of <see cref="Manifests"/> when the machine config switches that folder off.</summary>
    public const string OwnManifests = "/etc/kubernetes/talos-manifests";

    public const string Secrets = "/system/secrets/kubelet";
    public const string Authority = Secrets + "/ca.crt";
    public const string ServerCertificate = Secrets + "/kubelet.crt";
    public const string ServerKey = Secrets + "/kubelet.key";

    public const string NetworkFolder = "/etc/cni";
    public const string NetworkConfiguration = "/etc/cni/net.d/10-talos.conflist";
    public const string RuntimeEndpoint = "unix:///run/containerd/containerd.sock";
    public const string SandboxImage = "localhost/pause:3.9";
    public const string RuntimeService = "cri";
    public const string Service = "kubelet";
    public const string ServiceCgroup = "podruntime/kubelet";
    public const string RuntimeCgroup = "podruntime/runtime";
    public const string IpTables = "/usr/sbin/iptables";
}
