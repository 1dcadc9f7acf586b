using Talos.Config;

namespace Talos.Containers.Rules;

/// <summary>Writes containerd's configuration file.</summary>
/// <remarks>Source: containerd 1.7, docs/cri/config.md; version 2 of the format, which 1.6 to 2.x read.</remarks>
internal static class ContainerdConfig
{
    private const string Cri = "io.containerd.grpc.v1.cri";

    /// <summary>Plugins that a node never uses: each costs memory and start time.</summary>
    private static readonly string[] Unused =
    [
        "io.containerd.snapshotter.v1.aufs",
        "io.containerd.snapshotter.v1.blockfile",
        "io.containerd.snapshotter.v1.btrfs",
        "io.containerd.snapshotter.v1.devmapper",
        "io.containerd.snapshotter.v1.native",
        "io.containerd.snapshotter.v1.zfs",
        "io.containerd.internal.v1.opt",
        "io.containerd.internal.v1.restart",
        "io.containerd.internal.v1.tracing",
        "io.containerd.tracing.processor.v1.otlp",
    ];

    /// <summary>The file for <paramref name="settings"/>.</summary>
    public static string Render(ContainerdSettings settings)
    {
        Toml toml = new Toml()
            .Set("version", 2)
            .Set("root", settings.Root)
            .Set("state", settings.State)
            .Set("disabled_plugins", Unused)
            .Table("grpc")
            .Set("address", settings.Socket)
            .Table("debug")
            .Set("level", "warn")
            .Table("plugins", Cri)
            .Set("sandbox_image", settings.SandboxImage)
            .Set("restrict_oom_score_adj", settings.RestrictOomScore)
            .Set("tolerate_missing_hugetlb_controller", true)
            .Set("disable_tcp_service", true)
            .Set("stream_server_address", "127.0.0.1")
            .Set("max_concurrent_downloads", 2)
            .Set("image_pull_with_sync_fs", true)
            .Table("plugins", Cri, "cni")
            .Set("bin_dir", settings.CniBinaries)
            .Set("conf_dir", settings.CniConfiguration)
            .Table("plugins", Cri, "containerd")
            .Set("snapshotter", ContainerPaths.Snapshotter)
            .Set("default_runtime_name", "runc")
            .Table("plugins", Cri, "containerd", "runtimes", "runc")
            .Set("runtime_type", "io.containerd.runc.v2")
            .Table("plugins", Cri, "containerd", "runtimes", "runc", "options")
            .Set("SystemdCgroup", false)
            .Table("plugins", Cri, "registry")
            .Set("config_path", settings.RegistryHosts);
        foreach ((string host, RegistryAccess access) in settings.Registries.Where(r => HasCredentials(r.Value)).OrderBy(r => r.Key, StringComparer.Ordinal))
        {
            toml.Table("plugins", Cri, "registry", "configs", host, "auth")
                .Set("username", access.Username)
                .Set("password", access.Password.Reveal())
                .Set("auth", access.Auth.Reveal())
                .Set("identitytoken", access.IdentityToken.Reveal());
        }

        return toml.ToString();
    }

    private static bool HasCredentials(RegistryAccess access) =>
        access.Username.Length > 0 || !access.Auth.IsEmpty || !access.IdentityToken.IsEmpty;
}
