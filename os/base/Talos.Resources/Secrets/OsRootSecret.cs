using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Secrets;

/// <summary>The authority of the machine API as the config gives it; the id is <c>os</c>, absent in maintenance.</summary>
public sealed record OsRootSecret : IResourceSpec<OsRootSecret>
{
    /// <summary>The only id.</summary>
    public const string Id = "os";

    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("OSRootSecrets.secrets.talos.dev", "secrets") { Sensitive = true };

    /// <inheritdoc/>
    public static JsonTypeInfo<OsRootSecret> Json => SecretsJson.Default.OsRootSecret;

    /// <summary>The issuing CA; without a key on a worker.</summary>
    public required PemPair IssuingCa { get; init; }

    /// <summary>All CAs whose clients are let in, PEM, the issuing one first.</summary>
    public required string AcceptedCas { get; init; }

    /// <summary>What proves to trustd that a node belongs to the cluster.</summary>
    public string Token { get; init; } = "";

    /// <summary>Where trustd can be asked: host names or addresses of control plane nodes.</summary>
    public ValueList<string> TrustdHosts { get; init; }

    /// <inheritdoc/>
    public override string ToString() => "OsRootSecret (redacted)";
}
