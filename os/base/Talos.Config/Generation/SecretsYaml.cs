using System.Text;
using Talos.Pki;

namespace Talos.Config;

/// <summary>The file form of a secrets bundle, as <c>gen secrets</c> writes it.</summary>
public static class SecretsYaml
{
    /// <summary>Writes the bundle.</summary>
    public static string Write(SecretsBundle secrets)
    {
        MappingBuilder root = new();
        root.Map("cluster", m => m.Text("id", secrets.ClusterId).Text("secret", secrets.ClusterSecret.Reveal()))
            .Map("secrets", m => m
                .Text("bootstraptoken", secrets.BootstrapToken.Reveal())
                .Text("secretboxencryptionsecret", secrets.SecretboxSecret.Reveal())
                .Text("aescbcencryptionsecret", secrets.AescbcSecret.Reveal()))
            .Map("trustdinfo", m => m.Text("token", secrets.TrustdToken.Reveal()))
            .Map("certs", m => m
                .Map("etcd", c => Pair(c, secrets.Etcd))
                .Map("k8s", c => Pair(c, secrets.Kubernetes))
                .Map("k8saggregator", c => Pair(c, secrets.Aggregator))
                .Map("k8sserviceaccount", c => c.Text("key", Base64(secrets.ServiceAccountKey.Reveal())))
                .Map("os", c => Pair(c, secrets.Os)));
        return NodeWriter.Write([root.Node]);
    }

    /// <summary>Reads a bundle.</summary>
    /// <exception cref="ConfigException">Not YAML, or something is missing or broken.</exception>
    public static SecretsBundle Read(string yaml)
    {
        List<Node> documents = ConfigPatcher.Load(yaml);
        View root = new(documents is [MappingNode mapping] ? mapping : null);
        View certs = root.Map("certs");
        return new SecretsBundle
        {
            ClusterId = Needed(root.Map("cluster"), "cluster", "id"),
            ClusterSecret = new Secret(Needed(root.Map("cluster"), "cluster", "secret")),
            BootstrapToken = new Secret(Needed(root.Map("secrets"), "secrets", "bootstraptoken")),
            SecretboxSecret = root.Map("secrets").Secret("secretboxencryptionsecret"),
            AescbcSecret = root.Map("secrets").Secret("aescbcencryptionsecret"),
            TrustdToken = new Secret(Needed(root.Map("trustdinfo"), "trustdinfo", "token")),
            Os = ReadPair(certs, "os"),
            Kubernetes = ReadPair(certs, "k8s"),
            Aggregator = ReadPair(certs, "k8saggregator"),
            Etcd = ReadPair(certs, "etcd"),
            ServiceAccountKey = new Secret(Pem(certs.Map("k8sserviceaccount"), "certs.k8sserviceaccount", "key")),
        };
    }

    /// <summary>Takes the secrets out of a control-plane config.</summary>
    /// <exception cref="ConfigException">Not a valid config, or one without the secrets (a worker's).</exception>
    public static SecretsBundle FromConfig(string yaml)
    {
        MachineConfiguration config = ConfigReader.Parse(yaml);
        View document = ConfigPatcher.Load(yaml).OfType<MappingNode>()
            .Where(d => DocumentSet.Identify(d).Kind.Length == 0).Select(d => new View(d)).FirstOrDefault();
        View cluster = document.Map("cluster");
        return new SecretsBundle
        {
            ClusterId = Needed(cluster, "cluster", "id"),
            ClusterSecret = new Secret(Needed(cluster, "cluster", "secret")),
            BootstrapToken = new Secret(Needed(cluster, "cluster", "token")),
            SecretboxSecret = cluster.Secret("secretboxEncryptionSecret"),
            AescbcSecret = cluster.Secret("aescbcEncryptionSecret"),
            TrustdToken = config.Token,
            Os = WithKey(config.Ca, "machine.ca"),
            Kubernetes = WithKey(cluster.Pair("ca"), "cluster.ca"),
            Aggregator = WithKey(cluster.Pair("aggregatorCA"), "cluster.aggregatorCA"),
            Etcd = WithKey(cluster.Map("etcd").Pair("ca"), "cluster.etcd.ca"),
            ServiceAccountKey = new Secret(Pem(cluster.Map("serviceAccount"), "cluster.serviceAccount", "key")),
        };
    }

    internal static MappingBuilder Pair(MappingBuilder builder, CertificateAndKey pair, bool withKey = true)
    {
        builder.Text("crt", Base64(pair.CertificatePem));
        if (!withKey)
        {
            builder.Node.Set("key", new ScalarNode("", YamlDotNet.Core.ScalarStyle.DoubleQuoted));
            return builder;
        }

        return builder.Text("key", Base64(pair.KeyPem.Reveal()));
    }

    internal static string Base64(string text) => Convert.ToBase64String(Encoding.Latin1.GetBytes(text));

    private static CertificateAndKey WithKey(CertificateAndKey? pair, string path) =>
        pair is { KeyPem.IsEmpty: false } ? pair : throw Missing($"{path}.key");

    private static CertificateAndKey ReadPair(View certs, string name)
    {
        View view = certs.Map(name);
        return new CertificateAndKey(Pem(view, $"certs.{name}", "crt"), new Secret(Pem(view, $"certs.{name}", "key")));
    }

    private static string Pem(View view, string path, string key)
    {
        string text = Needed(view, path, key);
        byte[] bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out int length)
            ? Encoding.Latin1.GetString(bytes, 0, length)
            : throw new ConfigException([new ConfigProblem($"{path}.{key}", view.Line(key), "not base64")]);
    }

    private static string Needed(View view, string path, string key) =>
        view.Text(key) is { Length: > 0 } text ? text : throw Missing($"{path}.{key}");

    private static ConfigException Missing(string path) => new([new ConfigProblem(path, 0, "the field is missing")]);
}
