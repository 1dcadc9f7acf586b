using Talos.Config;

namespace Talos.Containers.Rules;

/// <summary>Writes containerd's configuration file, in the format of the version in the root.</summary>
/// <remarks>
/// Source: containerd 1.7 and 2.1, docs/cri/config.md. Version 2 of the format for 1.x; version 3 for 2.x, which would otherwise migrate the file
/// at each start and pull images another way than it was told.
/// </remarks>
internal static class ContainerdConfig
{
    private const string Cri = "io.containerd.grpc.v1.cri";
    private const string CriImages = "io.containerd.cri.v1.images";
    private const string CriRuntime = "io.containerd.cri.v1.runtime";
    private const string Transfer = "io.containerd.transfer.v1.local";
    private const int Downloads = 2;

    /// <summary>Plugins that a node never uses: each costs memory and start time.</summary>
    private static readonly string[] Unused =
    [
        "io.containerd.snapshotter.v1.blockfile",
        "io.containerd.snapshotter.v1.btrfs",
        "io.containerd.snapshotter.v1.devmapper",
        "io.containerd.snapshotter.v1.native",
        "io.containerd.snapshotter.v1.zfs",
        "io.containerd.internal.v1.opt",
        "io.containerd.internal.v1.tracing",
        "io.containerd.tracing.processor.v1.otlp",
    ];

    private static readonly string[] UnusedBefore2 = ["io.containerd.snapshotter.v1.aufs", "io.containerd.internal.v1.restart"];

    private static readonly string[] UnusedFrom2 = ["io.containerd.monitor.container.v1.restart"];

    /// <summary>The file for <paramref name="settings"/>.</summary>
    public static string Render(ContainerdSettings settings) => (settings.Version.HasSplitCri ? Version3(settings) : Version2(settings)).ToString();

    private static Toml Version2(ContainerdSettings settings)
    {
        Toml toml = Head(settings, 2, UnusedBefore2)
            .Table("plugins", Cri)
            .Set("sandbox_image", settings.SandboxImage);
        Runtime(toml, settings);
        Server(toml);
        Images(toml)
            .Table("plugins", Cri, "cni")
            .Set("bin_dir", settings.CniBinaries)
            .Set("conf_dir", settings.CniConfiguration)
            .Table("plugins", Cri, "containerd")
            .Set("snapshotter", ContainerPaths.Snapshotter);
        Runc(toml, Cri);
        return Registry(toml, Cri, settings);
    }

    private static Toml Version3(ContainerdSettings settings)
    {
        Toml toml = Head(settings, 3, UnusedFrom2)
            .Table("plugins", CriImages)
            .Set("snapshotter", ContainerPaths.Snapshotter)
            // The transfer service neither syncs what it unpacked, which a power cut needs, nor knows credentials of this file.
            .Set("use_local_image_pull", true);
        Images(toml)
            .Table("plugins", CriImages, "pinned_images")
            .Set("sandbox", settings.SandboxImage);
        Registry(toml, CriImages, settings)
            .Table("plugins", Transfer)
            .Set("max_concurrent_downloads", Downloads)
            .Table("plugins", CriRuntime);
        Runtime(toml, settings)
            .Table("plugins", CriRuntime, "cni");
        _ = settings.Version.HasCniFolders ? toml.Set("bin_dirs", [settings.CniBinaries]) : toml.Set("bin_dir", settings.CniBinaries);
        toml.Set("conf_dir", settings.CniConfiguration)
            .Table("plugins", CriRuntime, "containerd");
        Runc(toml, CriRuntime);
        toml.Table("plugins", Cri);
        // A socket by which others could change containers; on unless told.
        return Server(toml).Table("plugins", "io.containerd.nri.v1.nri").Set("disable", true);
    }

    private static Toml Head(ContainerdSettings settings, int version, IEnumerable<string> unused) => new Toml()
        .Set("version", version)
        .Set("root", settings.Root)
        .Set("state", settings.State)
        .Set("disabled_plugins", Unused.Concat(unused))
        .Table("grpc")
        .Set("address", settings.Socket)
        .Table("debug")
        .Set("level", "warn");

    private static Toml Runtime(Toml toml, ContainerdSettings settings) => toml
        .Set("restrict_oom_score_adj", settings.RestrictOomScore)
        .Set("tolerate_missing_hugetlb_controller", true);

    private static Toml Server(Toml toml) => toml
        .Set("disable_tcp_service", true)
        .Set("stream_server_address", "127.0.0.1");

    private static Toml Images(Toml toml) => toml
        .Set("max_concurrent_downloads", Downloads)
        .Set("image_pull_with_sync_fs", true);

    private static void Runc(Toml toml, string plugin) => toml
        .Set("default_runtime_name", "runc")
        .Table("plugins", plugin, "containerd", "runtimes", "runc")
        .Set("runtime_type", "io.containerd.runc.v2")
        .Table("plugins", plugin, "containerd", "runtimes", "runc", "options")
        .Set("SystemdCgroup", false);

    private static Toml Registry(Toml toml, string plugin, ContainerdSettings settings)
    {
        toml.Table("plugins", plugin, "registry")
            .Set("config_path", settings.RegistryHosts);
        foreach ((string host, RegistryAccess access) in settings.Registries.Where(r => HasCredentials(r.Value)).OrderBy(r => r.Key, StringComparer.Ordinal))
        {
            toml.Table("plugins", plugin, "registry", "configs", host, "auth")
                .Set("username", access.Username)
                .Set("password", access.Password.Reveal())
                .Set("auth", access.Auth.Reveal())
                .Set("identitytoken", access.IdentityToken.Reveal());
        }

        return toml;
    }

    private static bool HasCredentials(RegistryAccess access) =>
        access.Username.Length > 0 || !access.Auth.IsEmpty || !access.IdentityToken.IsEmpty;
}
