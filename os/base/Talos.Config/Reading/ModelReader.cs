using Talos.Pki;

namespace Talos.Config;

/// <summary>Turns documents into the model and checks what spans several fields.</summary>
internal sealed class ModelReader(DocumentSet documents, List<ConfigProblem> problems, List<string> warnings)
{
    private readonly View _machine = documents.V1Alpha1.Map("machine");
    private readonly View _cluster = documents.V1Alpha1.Map("cluster");

    public MachineConfiguration Read(string yaml)
    {
        bool complete = _machine.Text("type").Length > 0;
        CertificateAndKey? ca = ReadCa();
        MachineKind kind = _machine.Text("type") is "controlplane" or "init" ? MachineKind.ControlPlane : MachineKind.Worker;
        if (complete)
        {
            CheckComplete(kind, ca);
        }

        return new MachineConfiguration
        {
            Yaml = yaml,
            IsComplete = complete,
            Warnings = warnings,
            Kinds = documents.Kinds,
            Kind = kind,
            Token = _machine.Secret("token"),
            Ca = ca,
            AcceptedCas = [.. _machine.Maps("acceptedCAs").Select(m => m.Pem("crt")).Where(p => p.Length > 0)],
            CertSans = _machine.Texts("certSANs"),
            TrustedRoots = ReadTrustedRoots(),
            Kubelet = KubernetesReader.Kubelet(documents, _machine.Map("kubelet"), problems),
            StaticPods = KubernetesReader.StaticPods(documents, _machine, problems),
            NodeLabels = Merge("nodeLabels", "KubeNodeConfig", "labels"),
            NodeAnnotations = Merge("nodeAnnotations", "KubeNodeConfig", "annotations"),
            NodeTaints = Merge("nodeTaints", "KubeNodeConfig", "taints"),
            Cluster = KubernetesReader.Cluster(documents, _cluster),
            Network = new NetworkReader(documents, _machine.Map("network"), problems, warnings).Read(),
            Time = SystemReader.Time(documents, _machine.Map("time"), problems),
            Install = SystemReader.Install(_machine.Map("install")),
            Files = SystemReader.Files(_machine, problems),
            Environment = Merge("env", "EnvironmentConfig", "variables"),
            Sysctls = KernelKeys("sysctls", "SysctlConfig"),
            Sysfs = KernelKeys("sysfs", "SysfsConfig"),
            KernelModules = SystemReader.Modules(documents, _machine.Map("kernel"), problems),
            UdevRules = [.. _machine.Map("udev").Texts("rules"), .. documents.One("UdevRulesConfig").Texts("rules")],
            Update = UpdateReader.Read(documents, problems),
            Fleet = FleetReader.Read(documents, problems),
            Watchdog = SystemReader.Watchdog(documents, problems),
            Registries = SystemReader.Registries(documents, _machine.Map("registries")),
            LogDestinations = SystemReader.LogDestinations(_machine.Map("logging")),
            KernelLogDestinations = [.. documents.All("KmsgLogConfig").Select(d => d.Url("url")).OfType<Uri>()],
            Volumes = SystemReader.Volumes(documents, problems),
        };
    }

    private void CheckComplete(MachineKind kind, CertificateAndKey? ca)
    {
        if (ca is null)
        {
            Add("machine.ca.crt", _machine.Line("type"), "the field is missing: without it nobody could reach the node's API");
        }
        else if (kind is MachineKind.ControlPlane && ca.KeyPem.IsEmpty)
        {
            Add("machine.ca.key", _machine.Line("ca"), "the field is missing: a control-plane node issues certificates with it");
        }

        if (kind is MachineKind.Worker && ca is { KeyPem.IsEmpty: true } && !_cluster.Map("controlPlane").Has("endpoint")
            && !documents.One("KubeClusterConfig").IsPresent)
        {
            Add("cluster.controlPlane.endpoint", _machine.Line("type"), "the field is missing: a worker gets its certificate there");
        }
    }

    private CertificateAndKey? ReadCa()
    {
        CertificateAndKey? ca = _machine.Pair("ca");
        if (ca is { KeyPem.IsEmpty: false })
        {
            try
            {
                CertificateAuthority.Load(ca, TimeProviderOfNoUse.Instance);
            }
            catch (PkiException e)
            {
                Add("machine.ca", _machine.Line("ca"), e.Message);
            }
        }

        return ca;
    }

    private Dictionary<string, string> ReadTrustedRoots()
    {
        Dictionary<string, string> roots = new(StringComparer.Ordinal);
        foreach (View document in documents.All("TrustedRootsConfig"))
        {
            string name = document.Text("name");
            try
            {
                foreach (var certificate in Certificates.ReadBundle(document.Text("certificates")))
                {
                    certificate.Dispose();
                }
            }
            catch (PkiException e)
            {
                Add(DocumentSet.Prefix("TrustedRootsConfig", name) + "certificates", document.Line("certificates"), e.Message);
            }

            roots[name] = document.Text("certificates");
        }

        return roots;
    }

    private Dictionary<string, string> KernelKeys(string field, string kind)
    {
        Dictionary<string, string> merged = Merge(field, kind, "params");
        ScalarType rule = ScalarRules.Named("kernelkey");
        foreach (string key in merged.Keys)
        {
            if (rule.Check(new ScalarNode(key)) is string problem)
            {
                bool inMachine = _machine.Map(field).Has(key);
                View view = inMachine ? _machine.Map(field) : documents.One(kind).Map("params");
                Add(SchemaValidator.Join(inMachine ? $"machine.{field}" : $"{kind}/params", key), view.Line(key), problem);
            }
        }

        return merged;
    }

    /// <summary>Values of the v1alpha1 field and of the document; the same key with different values in both is a mistake.</summary>
    private Dictionary<string, string> Merge(string machineField, string kind, string documentField)
    {
        Dictionary<string, string> merged = new(_machine.TextMap(machineField), StringComparer.Ordinal);
        View document = documents.One(kind);
        foreach ((string key, string value) in document.TextMap(documentField))
        {
            if (!merged.TryAdd(key, value) && merged[key] != value)
            {
                Add(
                    SchemaValidator.Join($"{kind}/{documentField}", key),
                    document.Map(documentField).Line(key),
                    $"machine.{machineField} has another value for the same key");
            }
        }

        return merged;
    }

    private void Add(string path, int line, string message) => problems.Add(new ConfigProblem(path, line, message));
}

/// <summary>A clock for loading an authority, which does not look at it.</summary>
internal sealed class TimeProviderOfNoUse : TimeProvider
{
    public static TimeProviderOfNoUse Instance { get; } = new();

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;
}
