namespace Talos.Pki;

/// <summary>What a new certificate authority is called and how it is keyed.</summary>
public sealed record AuthorityOptions
{
    /// <summary>Organization of its subject; empty for none.</summary>
    public string Organization { get; init; } = "";

    /// <summary>Common name of its subject; null for none.</summary>
    public string? CommonName { get; init; }

    /// <summary>Algorithm of its key.</summary>
    public KeyAlgorithm Algorithm { get; init; } = KeyAlgorithm.EcdsaP256;

    /// <summary>How long it lasts.</summary>
    public TimeSpan Lifetime { get; init; } = CertificateAuthority.AuthorityLifetime;

    /// <summary>The authority of the machine API.</summary>
    public static AuthorityOptions Os { get; } = new() { Organization = "talos" };

    /// <summary>The authority of Kubernetes.</summary>
    public static AuthorityOptions Kubernetes { get; } = new() { Organization = "kubernetes" };

    /// <summary>The authority of the Kubernetes API aggregation.</summary>
    public static AuthorityOptions KubernetesAggregator { get; } = new() { CommonName = "front-proxy" };

    /// <summary>The authority of etcd.</summary>
    public static AuthorityOptions Etcd { get; } = new() { Organization = "etcd" };

    /// <summary>The authority of updates.</summary>
    public static AuthorityOptions Updates { get; } = new() { Organization = "talos", CommonName = "updates" };

    /// <summary>The throw-away authority of a node that has no configuration yet.</summary>
    public static AuthorityOptions Maintenance { get; } = new() { Organization = "talos", CommonName = "maintenance-service.talos.dev" };
}
