using System.Text.Json.Nodes;

namespace Talos.Kubernetes.Rules;

/// <summary>Writes the KubeletConfiguration object and the arguments of the kubelet.</summary>
/// <remarks>Source: Kubernetes, reference of kubelet.config.k8s.io/v1beta1 and of the kubelet's flags.</remarks>
internal static class KubeletConfig
{
    /// <summary>Fields a machine config cannot lay over ours: another value would open or break the node.</summary>
    public static readonly IReadOnlySet<string> Protected = new HashSet<string>(StringComparer.Ordinal)
    {
        "apiVersion", "kind", "authentication", "authorization", "cgroupDriver", "cgroupRoot", "containerRuntimeEndpoint", "enableServer",
        "healthzBindAddress", "healthzPort", "kubeletCgroups", "port", "readOnlyPort", "runOnce", "staticPodPath", "staticPodURL", "staticPodURLHeader",
        "tlsCertFile", "tlsPrivateKeyFile",
    };

    /// <summary>Arguments a machine config cannot give, for the same reason.</summary>
    public static readonly IReadOnlySet<string> ProtectedArguments = new HashSet<string>(StringComparer.Ordinal)
    {
        "anonymous-auth", "authentication-token-webhook", "authorization-mode", "cert-dir", "cgroup-driver", "cgroup-root", "client-ca-file",
        "config", "config-dir", "container-runtime", "container-runtime-endpoint", "dynamic-config-dir", "enable-server", "healthz-bind-address",
        "healthz-port", "help", "hostname-override", "kubelet-cgroups", "manifest-url", "manifest-url-header", "pod-manifest-path", "port",
        "read-only-port", "root-dir", "runonce", "runtime-cgroups", "tls-cert-file", "tls-private-key-file", "version",
    };

    /// <summary>The configuration object as JSON, which the kubelet reads as it reads YAML.</summary>
    public static string Render(KubeletSettings settings)
    {
        JsonObject config = new()
        {
            ["apiVersion"] = "kubelet.config.k8s.io/v1beta1",
            ["kind"] = "KubeletConfiguration",
            ["enableServer"] = true,
            ["address"] = "0.0.0.0",
            ["port"] = 10250,
            ["readOnlyPort"] = 0,
            ["healthzBindAddress"] = "127.0.0.1",
            ["healthzPort"] = 10248,
            ["staticPodPath"] = settings.ManifestsDirectory,
            ["authentication"] = new JsonObject
            {
                ["anonymous"] = new JsonObject { ["enabled"] = false },
                ["webhook"] = new JsonObject { ["enabled"] = false },
                ["x509"] = new JsonObject { ["clientCAFile"] = $"{settings.Secrets}/ca.crt" },
            },
            ["authorization"] = new JsonObject { ["mode"] = "AlwaysAllow" },
            ["tlsCertFile"] = $"{settings.Secrets}/kubelet.crt",
            ["tlsPrivateKeyFile"] = $"{settings.Secrets}/kubelet.key",
            ["tlsMinVersion"] = "VersionTLS13",
            ["cgroupDriver"] = "cgroupfs",
            ["cgroupRoot"] = "/",
            ["cgroupsPerQOS"] = true,
            ["enforceNodeAllocatable"] = Texts("pods"),
            ["kubeletCgroups"] = "/" + KubernetesPaths.ServiceCgroup,
            ["systemReserved"] = new JsonObject
            {
                ["cpu"] = "50m",
                ["memory"] = "192Mi",
                ["pid"] = "100",
                ["ephemeral-storage"] = "256Mi",
            },
            ["evictionHard"] = new JsonObject
            {
                ["memory.available"] = "32Mi",
                ["nodefs.available"] = "5%",
                ["nodefs.inodesFree"] = "3%",
                ["imagefs.available"] = "5%",
            },
            ["failSwapOn"] = false,
            ["serializeImagePulls"] = true,
            ["containerLogMaxSize"] = "5Mi",
            ["containerLogMaxFiles"] = 2,
            ["clusterDomain"] = settings.ClusterDomain,
            ["clusterDNS"] = Texts([.. settings.ClusterDns.Select(address => address.ToString())]),
            ["makeIPTablesUtilChains"] = settings.HasIpTables,
            ["volumePluginDir"] = $"{settings.Root}/volumeplugins",
            ["oomScoreAdj"] = -450,
        };
        if (settings.Version.HasEndpointInConfiguration)
        {
            config["containerRuntimeEndpoint"] = settings.RuntimeEndpoint;
        }

        if (settings is { DefaultSeccompProfile: true, Version.HasSeccompDefault: true })
        {
            config["seccompDefault"] = true;
        }

        if (settings.Version.Listed is not { } minor || KubeletFields.HasEffect("streamingConnectionIdleTimeout", minor))
        {
            config["streamingConnectionIdleTimeout"] = "5m";
        }

        AddIntervals(config, settings.Version);
        Lay(KubeletExtras.Judge(settings).Fields, config);
        return config.ToJsonString();
    }

    /// <summary>The arguments, ours first.</summary>
    public static IReadOnlyList<string> Arguments(KubeletSettings settings)
    {
        List<string> arguments =
        [
            $"--config={settings.Configuration}",
            $"--root-dir={settings.Root}",
            $"--cert-dir={settings.Root}/pki",
            $"--hostname-override={settings.Nodename}",
            $"--runtime-cgroups=/{KubernetesPaths.RuntimeCgroup}",
        ];
        if (settings.Version.HasOwnRuntime)
        {
            arguments.Add("--container-runtime=remote");
        }

        if (!settings.Version.HasEndpointInConfiguration)
        {
            arguments.Add($"--container-runtime-endpoint={settings.RuntimeEndpoint}");
            arguments.Add($"--pod-infra-container-image={KubernetesPaths.SandboxImage}");
        }

        // How often cAdvisor reads the files of every container's control group; 10 s unless told. It is the largest of the kubelet's costs
        // that a flag decides. Figures of /stats/summary, and the ranking of pods when memory runs out, are up to this old.
        arguments.Add("--housekeeping-interval=30s");
        arguments.AddRange(KubeletExtras.Judge(settings).Arguments);
        return arguments;
    }

    /// <summary>Lets a kubelet on a small device look less often where an event tells it anyway, or where late is good enough.</summary>
    private static void AddIntervals(JsonObject config, KubeletVersion version)
    {
        // Every pod is synchronized once in this time though nothing happened to it; 1 min unless told. Events of containers, probes and files
        // do not wait for it. Cost: what changed behind the kubelet's back, such as a deleted cgroup, is put right later.
        config["syncFrequency"] = "3m";

        // The manifest folder is watched by inotify; this is the second look, 20 s unless told. Cost: none as long as the watch works.
        config["fileCheckFrequency"] = "1m";

        // Walks the files of every volume, which wakes the disk; 1 min unless told. Cost: a volume over its size limit is noticed up to 5 min later.
        config["volumeStatsAggPeriod"] = "5m";

        // Works out the node's status for an API server; 10 s and 5 min unless told. The lease, not this, says that the node lives. Cost: pressure on
        // memory or disk is known there up to 1 min later. The second is set because its default follows the first.
        config["nodeStatusUpdateFrequency"] = "1m";
        config["nodeStatusReportFrequency"] = "5m";

        // Asks the runtime for all containers and their log files for their size; 10 s unless told. Cost: a log outgrows its limit for up to 1 min.
        if (version.Listed is { } minor && KubeletFields.Known.Has("containerLogMonitorInterval", minor))
        {
            config["containerLogMonitorInterval"] = "1m";
        }
    }

    private static void Lay(JsonObject upper, JsonObject lower)
    {
        foreach ((string name, JsonNode? value) in upper)
        {
            if (value is JsonObject above && lower[name] is JsonObject below)
            {
                Lay(above, below);
            }
            else if (value is null)
            {
                lower.Remove(name);
            }
            else
            {
                lower[name] = value.DeepClone();
            }
        }
    }

    private static JsonArray Texts(params ReadOnlySpan<string> values)
    {
        JsonArray array = [];
        foreach (string value in values)
        {
            array.Add((JsonNode)value);
        }

        return array;
    }
}
