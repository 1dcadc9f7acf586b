using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Secrets;

/// <summary>Names and addresses for which certificates of this node are good; the id is <c>api</c>.</summary>
public sealed record CertSan : IResourceSpec<CertSan>
{
    /// <summary>Those of the machine API.</summary>
    public const string Api = "api";

    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("CertSANs.secrets.talos.dev", "secrets") { Sensitive = true };

    /// <inheritdoc/>
    public static JsonTypeInfo<CertSan> Json => SecretsJson.Default.CertSan;

    /// <summary>Host names and addresses, without repetition, ordered.</summary>
    public required ValueList<string> Names { get; init; }

    /// <summary>Those that are this node's own, and not given by the config alone.</summary>
    public required ValueList<string> Own { get; init; }
}
