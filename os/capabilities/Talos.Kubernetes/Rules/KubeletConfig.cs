using System.Text.Json.Nodes;

namespace Talos.Kubernetes.Rules;

/// <summary>Writes the KubeletConfiguration object and the arguments of the kubelet.</summary>
/// <remarks>Source: Kubernetes, reference of kubelet.config.k8s.io/v1beta1 and of the kubelet's flags.</remarks>
internal static class KubeletConfig
{
    /// <summary>Fields a machine config cannot lay over ours: another value would open or break the node.</summary>
    public static readonly IReadOnlySet<string> Protected = new HashSet<string>(StringComparer.Ordinal)
    {
        "apiVersion", "kind", "authentication", "authorization", "cgroupDriver", "cgroupRoot", "containerRuntimeEndpoint", "healthzBindAddress",
        "healthzPort", "kubeletCgroups", "port", "readOnlyPort", "staticPodPath", "staticPodURL", "tlsCertFile", "tlsPrivateKeyFile",
    };

    /// <summary>Arguments a machine config cannot give, for the same reason.</summary>
    public static readonly IReadOnlySet<string> ProtectedArguments = new HashSet<string>(StringComparer.Ordinal)
    {
        "anonymous-auth", "authorization-mode", "cert-dir", "cgroup-root", "client-ca-file", "config", "container-runtime",
        "container-runtime-endpoint", "healthz-bind-address", "healthz-port", "hostname-override", "kubelet-cgroups", "pod-manifest-path",
        "port", "read-only-port", "root-dir", "runtime-cgroups", "tls-cert-file", "tls-private-key-file",
    };

    /// <summary>The configuration object as JSON, which the kubelet reads as it reads YAML.</summary>
    public static string Render(KubeletSettings settings)
    {
        JsonObject config = new()
        {
            ["apiVersion"] = "kubelet.config.k8s.io/v1beta1",
            ["kind"] = "KubeletConfiguration",
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
            ["streamingConnectionIdleTimeout"] = "5m",
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

        if (settings.ExtraConfigJson is { } extra && JsonNode.Parse(extra) is JsonObject fields)
        {
            Lay(fields, config, Protected);
        }

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

        foreach ((string name, IReadOnlyList<string> values) in settings.ExtraArgs
            .Where(argument => !ProtectedArguments.Contains(argument.Key))
            .OrderBy(argument => argument.Key, StringComparer.Ordinal))
        {
            arguments.AddRange(values.Select(value => $"--{name}={value}"));
        }

        return arguments;
    }

    /// <summary>What the machine config asks for and does not get, by name.</summary>
    public static IReadOnlyList<string> Refused(KubeletSettings settings) =>
    [
        .. settings.ExtraConfigJson is { } extra && JsonNode.Parse(extra) is JsonObject fields
            ? fields.Select(field => field.Key).Where(Protected.Contains).Select(name => $"extraConfig.{name}")
            : [],
        .. settings.ExtraArgs.Keys.Where(ProtectedArguments.Contains).Select(name => $"extraArgs.{name}"),
    ];

    private static void Lay(JsonObject upper, JsonObject lower, IReadOnlySet<string>? except)
    {
        foreach ((string name, JsonNode? value) in upper)
        {
            if (except?.Contains(name) ?? false)
            {
                continue;
            }

            if (value is JsonObject above && lower[name] is JsonObject below)
            {
                Lay(above, below, except: null);
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
