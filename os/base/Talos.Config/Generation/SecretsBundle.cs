using Talos.Pki;

namespace Talos.Config;

/// <summary>Every secret of a cluster: from it all its configs can be made again.</summary>
public sealed record SecretsBundle
{
    /// <summary>Identity of the cluster.</summary>
    public required string ClusterId { get; init; }

    /// <summary>Shared secret of the cluster.</summary>
    public required Secret ClusterSecret { get; init; }

    /// <summary>Token by which a kubelet joins.</summary>
    public required Secret BootstrapToken { get; init; }

    /// <summary>Key that encrypts Kubernetes secrets at rest.</summary>
    public required Secret SecretboxSecret { get; init; }

    /// <summary>Older form of that key; empty when not used.</summary>
    public Secret AescbcSecret { get; init; } = new("");

    /// <summary>Token by which a node asks for its certificate.</summary>
    public required Secret TrustdToken { get; init; }

    /// <summary>Authority of the machine API.</summary>
    public required CertificateAndKey Os { get; init; }

    /// <summary>Authority of Kubernetes.</summary>
    public required CertificateAndKey Kubernetes { get; init; }

    /// <summary>Authority of the Kubernetes API aggregation.</summary>
    public required CertificateAndKey Aggregator { get; init; }

    /// <summary>Authority of etcd.</summary>
    public required CertificateAndKey Etcd { get; init; }

    /// <summary>Key that signs service account tokens, PEM.</summary>
    public required Secret ServiceAccountKey { get; init; }

    /// <summary>Makes the secrets of a new cluster.</summary>
    public static SecretsBundle Create(TimeProvider clock) => new()
    {
        ClusterId = RandomToken.Base64Url(32),
        ClusterSecret = RandomToken.Base64(32),
        BootstrapToken = RandomToken.TwoParts(),
        SecretboxSecret = RandomToken.Base64(32),
        TrustdToken = RandomToken.TwoParts(),
        Os = CertificateAuthority.Create(AuthorityOptions.Os, clock).Pair,
        Kubernetes = CertificateAuthority.Create(AuthorityOptions.Kubernetes, clock).Pair,
        Aggregator = CertificateAuthority.Create(AuthorityOptions.KubernetesAggregator, clock).Pair,
        Etcd = CertificateAuthority.Create(AuthorityOptions.Etcd, clock).Pair,
        ServiceAccountKey = PrivateKey.Generate(KeyAlgorithm.EcdsaP256).ToPem(),
    };
}
