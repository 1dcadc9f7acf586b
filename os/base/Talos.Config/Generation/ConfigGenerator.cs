using Talos.Pki;

namespace Talos.Config;

/// <summary>Makes the machine configs of a new cluster.</summary>
public static class ConfigGenerator
{
    private const string KubernetesImages = "registry.k8s.io";

    /// <summary>The config of a node of this kind, as text.</summary>
    public static string Machine(GenerateOptions options, MachineKind kind)
    {
        bool controlPlane = kind is MachineKind.ControlPlane;
        MappingBuilder document = new();
        document.Text("version", "v1alpha1")
            .Flag("debug", false)
            .Flag("persist", true)
            .Map("machine", m => MachinePart(m, options, controlPlane))
            .Map("cluster", m => ClusterPart(m, options, controlPlane));
        MappingBuilder hostname = new();
        hostname.Text("apiVersion", "v1alpha1").Text("kind", "HostnameConfig").Text("auto", "stable");
        return NodeWriter.Write([document.Node, hostname.Node]);
    }

    /// <summary>A new administrator's certificate for the machine API.</summary>
    public static CertificateAndKey Admin(SecretsBundle secrets, TimeProvider clock) =>
        CertificateAuthority.Load(secrets.Os, clock).IssueClient([Role.Admin], CertificateAuthority.AdminLifetime);

    /// <summary>A client configuration (talosconfig) with one context, named as the cluster, for a new administrator.</summary>
    public static string ClientConfiguration(GenerateOptions options, TimeProvider clock)
    {
        CertificateAndKey admin = Admin(options.Secrets, clock);
        MappingBuilder root = new();
        root.Text("context", options.ClusterName)
            .Map("contexts", contexts => contexts.Map(options.ClusterName, context => context
                .Texts("endpoints", [], keep: true)
                .Text("ca", SecretsYaml.Base64(options.Secrets.Os.CertificatePem))
                .Text("crt", SecretsYaml.Base64(admin.CertificatePem))
                .Text("key", SecretsYaml.Base64(admin.KeyPem.Reveal()))));
        return NodeWriter.Write([root.Node]);
    }

    private static void MachinePart(MappingBuilder machine, GenerateOptions options, bool controlPlane)
    {
        machine.Text("type", controlPlane ? "controlplane" : "worker")
            .Text("token", options.Secrets.TrustdToken.Reveal())
            .Map("ca", m => SecretsYaml.Pair(m, options.Secrets.Os, controlPlane))
            .Texts("certSANs", options.AdditionalSans, keep: true)
            .Map("kubelet", m => m.Flag("defaultRuntimeSeccompProfileEnabled", true))
            .Map("network", m => m.Map("kubespan", k =>
            {
                if (options.KubeSpan)
                {
                    k.Flag("enabled", true);
                }
            }), keep: true);
        if (options.InstallDisk.Length > 0 || options.InstallImage.Length > 0)
        {
            machine.Map("install", m => m.Text("disk", options.InstallDisk).Text("image", options.InstallImage).Flag("wipe", false));
        }

        if (options.RegistryMirrors.Count > 0)
        {
            machine.Map("registries", m => m.Map("mirrors", mirrors =>
            {
                foreach (IGrouping<string, KeyValuePair<string, string>> registry in options.RegistryMirrors.GroupBy(r => r.Key))
                {
                    mirrors.Map(registry.Key, r => r.Texts("endpoints", registry.Select(e => e.Value)));
                }
            }));
        }
    }

    private static void ClusterPart(MappingBuilder cluster, GenerateOptions options, bool controlPlane)
    {
        SecretsBundle secrets = options.Secrets;
        cluster.Text("id", secrets.ClusterId)
            .Text("secret", secrets.ClusterSecret.Reveal())
            .Map("controlPlane", m => m.Text("endpoint", options.Endpoint.OriginalString))
            .Text("clusterName", options.ClusterName)
            .Map("network", m => m
                .Text("dnsDomain", options.DnsDomain)
                .Texts("podSubnets", ["10.244.0.0/16"])
                .Texts("serviceSubnets", ["10.96.0.0/12"]))
            .Text("token", secrets.BootstrapToken.Reveal())
            .Map("ca", m => SecretsYaml.Pair(m, secrets.Kubernetes, controlPlane));
        if (options.Discovery)
        {
            cluster.Map("discovery", m => m.Flag("enabled", true));
        }

        if (!controlPlane)
        {
            return;
        }

        cluster.Text("secretboxEncryptionSecret", secrets.SecretboxSecret.Reveal())
            .Text("aescbcEncryptionSecret", secrets.AescbcSecret.Reveal())
            .Map("aggregatorCA", m => SecretsYaml.Pair(m, secrets.Aggregator))
            .Map("serviceAccount", m => m.Text("key", SecretsYaml.Base64(secrets.ServiceAccountKey.Reveal())))
            .Map("apiServer", m => Image(m, options, "kube-apiserver").Texts("certSANs", options.AdditionalSans.Prepend(options.Endpoint.Host).Distinct(StringComparer.Ordinal)))
            .Map("controllerManager", m => Image(m, options, "kube-controller-manager"))
            .Map("proxy", m => Image(m, options, "kube-proxy"))
            .Map("scheduler", m => Image(m, options, "kube-scheduler"))
            .Map("etcd", m => m.Map("ca", c => SecretsYaml.Pair(c, secrets.Etcd)));
    }

    private static MappingBuilder Image(MappingBuilder builder, GenerateOptions options, string name) =>
        options.KubernetesVersion.Length > 0 ? builder.Text("image", $"{KubernetesImages}/{name}:v{options.KubernetesVersion}") : builder;
}
