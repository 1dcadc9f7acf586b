using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Secrets;

/// <summary>The certificate of trustd; the id is <c>trustd</c>, absent on workers and in maintenance.</summary>
public sealed record TrustdCertificate : IResourceSpec<TrustdCertificate>
{
    /// <summary>The only id.</summary>
    public const string Id = "trustd";

    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("TrustdCertificates.secrets.talos.dev", "secrets") { Sensitive = true };

    /// <inheritdoc/>
    public static JsonTypeInfo<TrustdCertificate> Json => SecretsJson.Default.TrustdCertificate;

    /// <summary>The server's certificate.</summary>
    public required PemPair Server { get; init; }

    /// <inheritdoc/>
    public override string ToString() => "TrustdCertificate (redacted)";
}
