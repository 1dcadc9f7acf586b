using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Secrets;

/// <summary>What a node without a config shows its visitors; made anew at each boot; the id is <c>maintenance</c>.</summary>
public sealed record MaintenanceRootSecret : IResourceSpec<MaintenanceRootSecret>
{
    /// <summary>The only id.</summary>
    public const string Id = "maintenance";

    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("MaintenanceRootSecrets.secrets.talos.dev", "secrets") { Sensitive = true };

    /// <inheritdoc/>
    public static JsonTypeInfo<MaintenanceRootSecret> Json => SecretsJson.Default.MaintenanceRootSecret;

    /// <summary>The random CA.</summary>
    public required PemPair Ca { get; init; }

    /// <summary>The server's key; it stays when its certificate gets other names, so that its fingerprint does.</summary>
    public required string ServerKey { get; init; }

    /// <inheritdoc/>
    public override string ToString() => "MaintenanceRootSecret (redacted)";
}
