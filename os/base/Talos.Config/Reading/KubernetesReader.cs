using System.Net;

namespace Talos.Config;

/// <summary>Merges what concerns Kubernetes: kubelet, static pods, cluster.</summary>
internal static class KubernetesReader
{
    public static KubeletConfiguration Kubelet(DocumentSet documents, View kubelet, List<ConfigProblem> problems)
    {
        View document = documents.One("KubeletConfig");
        View node = documents.One("KubeNodeConfig");
        if (document.IsPresent && kubelet.IsPresent)
        {
            problems.Add(new ConfigProblem("KubeletConfig", document.Node!.Line, "machine.kubelet is set too; keep one of them"));
        }

        View source = document.IsPresent ? document : kubelet;
        View address = node.Map("nodeIP").IsPresent ? node.Map("nodeIP") : kubelet.Map("nodeIP");
        return new KubeletConfiguration
        {
            Image = source.Text("image"),
            ExtraArgs = source.TextsMap("extraArgs"),
            ExtraConfigJson = source.Json(document.IsPresent ? "config" : "extraConfig"),
            ClusterDns = [.. source.Texts("clusterDNS").Select(t => AddressText.TryParse(t, out IPAddress? address) ? address : null).OfType<IPAddress>()],
            NodeIpSubnets = address.Texts("validSubnets"),
            SkipNodeRegistration = node.Flag("skipNodeRegistration", kubelet.Flag("skipNodeRegistration", false)),
            DefaultRuntimeSeccompProfileEnabled = source.Flag("defaultRuntimeSeccompProfileEnabled", false),
            ManifestsDirectoryEnabled = !kubelet.Flag("disableManifestsDirectory", false),
            ExtraMounts =
            [
                .. kubelet.Maps("extraMounts").Select(m => new MountConfiguration(
                    m.Text("destination"), m.Text("type", "bind"), m.Text("source"), m.Texts("options"))),
            ],
            CredentialProviderJson = kubelet.Json("credentialProviderConfig"),
        };
    }

    public static IReadOnlyList<StaticPodConfiguration> StaticPods(DocumentSet documents, View machine, List<ConfigProblem> problems)
    {
        List<StaticPodConfiguration> pods = [];
        IReadOnlyList<View> listed = machine.Maps("pods");
        for (int i = 0; i < listed.Count; i++)
        {
            AddPod(pods, listed[i], $"machine.pods[{i}].", problems);
        }

        foreach (View document in documents.All("KubeStaticPodConfig"))
        {
            AddPod(pods, document.Map("pod"), $"KubeStaticPodConfig({document.Text("name")})/pod.", problems);
        }

        return pods;
    }

    public static ClusterConfiguration Cluster(DocumentSet documents, View cluster)
    {
        View named = documents.One("KubeClusterConfig");
        View subnets = documents.One("KubeNetworkConfig") is { IsPresent: true } document ? document : cluster.Map("network");
        return new ClusterConfiguration
        {
            Id = cluster.Text("id"),
            Secret = cluster.Secret("secret"),
            Name = named.Text("clusterName", cluster.Text("clusterName")),
            Endpoint = named.Url("endpoint") ?? cluster.Map("controlPlane").Url("endpoint"),
            DnsDomain = subnets.Text("dnsDomain", "cluster.local"),
            PodSubnets = [.. subnets.Texts("podSubnets").Select(IPNetwork.Parse)],
            ServiceSubnets = [.. subnets.Texts("serviceSubnets").Select(IPNetwork.Parse)],
            Token = cluster.Secret("token"),
            Ca = cluster.Pair("ca"),
            AllowSchedulingOnControlPlanes =
                cluster.Flag("allowSchedulingOnControlPlanes", cluster.Flag("allowSchedulingOnMasters", false)),
        };
    }

    private static void AddPod(List<StaticPodConfiguration> pods, View pod, string path, List<ConfigProblem> problems)
    {
        int line = pod.Node?.Line ?? 0;
        if (pod.Text("kind") != "Pod" || pod.Text("apiVersion") != "v1")
        {
            problems.Add(new ConfigProblem($"{path}kind", line, "a static pod has apiVersion: v1 and kind: Pod"));
        }

        View metadata = pod.Map("metadata");
        string name = metadata.Text("name");
        string space = metadata.Text("namespace", "default");
        if (name.Length is 0 or > 253 || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.'))
        {
            problems.Add(new ConfigProblem(
                $"{path}metadata.name", metadata.Line("name"), $"'{ScalarNode.Shorten(name)}' is not a pod name: a-z, 0-9, - and ., 1 to 253 characters"));
        }
        else if (pods.Any(p => p.Name == name && p.Namespace == space))
        {
            problems.Add(new ConfigProblem($"{path}metadata.name", metadata.Line("name"), $"the pod {space}/{name} is given twice"));
        }

        if (pod.Map("spec").Maps("containers").Count == 0)
        {
            problems.Add(new ConfigProblem($"{path}spec.containers", line, "a pod has at least one container"));
        }

        pods.Add(new StaticPodConfiguration(name, space, pod.Node is MappingNode node ? NodeJson.Write(node) : "{}"));
    }
}
