namespace Talos.Containers;

/// <summary>Where things are on the node.</summary>
internal static class ContainerPaths
{
    public const string Socket = "/run/containerd/containerd.sock";
    public const string Root = "/var/lib/containerd";

    /// <summary>What keeps unpacked layers.</summary>
    public const string Snapshotter = "overlayfs";
    public const string State = "/run/containerd";
    public const string Configuration = "/system/etc/cri/config.toml";
    public const string RegistryHosts = "/system/etc/cri/hosts";
    public const string PreloadedImages = "/usr/share/talos/images";
    public const string SandboxImage = "localhost/pause:3.9";

    /// <summary>Written by the imager: starting the executable to ask it would cost a second of each boot.</summary>
    public const string VersionFile = "/usr/share/talos/containerd.version";
    public const string Executable = "/usr/bin/containerd";
    public const string Service = "cri";
    public const string ServiceCgroup = "podruntime/runtime";
}
