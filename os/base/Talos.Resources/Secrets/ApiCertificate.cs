using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Secrets;

/// <summary>The certificates of apid; the id is <c>api</c>, absent in maintenance.</summary>
public sealed record ApiCertificate : IResourceSpec<ApiCertificate>
{
    /// <summary>The only id.</summary>
    public const string Id = "api";

    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("ApiCertificates.secrets.talos.dev", "secrets") { Sensitive = true };

    /// <inheritdoc/>
    public static JsonTypeInfo<ApiCertificate> Json => SecretsJson.Default.ApiCertificate;

    /// <summary>All CAs whose clients are let in, PEM.</summary>
    public required string AcceptedCas { get; init; }

    /// <summary>The CA that issued them, PEM.</summary>
    public required string IssuedBy { get; init; }

    /// <summary>The server's certificate.</summary>
    public required PemPair Server { get; init; }

    /// <summary>The certificate for calls to other nodes; none on a worker.</summary>
    public required PemPair Client { get; init; }

    /// <summary>The names the server's certificate was asked for; trustd issues those that are this node's own.</summary>
    public ValueList<string> Asked { get; init; }

    /// <inheritdoc/>
    public override string ToString() => "ApiCertificate (redacted)";
}
