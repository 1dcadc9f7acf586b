using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Config;

/// <summary>The machine config as text: <see cref="ActiveId"/> is in effect, <see cref="PersistentId"/> is on disk.</summary>
/// <remarks>As JSON it is one string, as the API's clients expect it; it holds secrets, so it prints nothing.</remarks>
[JsonConverter(typeof(MachineConfigConverter))]
public sealed record MachineConfig : IResourceSpec<MachineConfig>
{
    /// <summary>Id of the config in effect.</summary>
    public const string ActiveId = "v1alpha1";

    /// <summary>Id of the config that the next boot will load.</summary>
    public const string PersistentId = "persistent";

    /// <summary>Annotation by which clients know that the spec is text.</summary>
    public const string YamlSpecAnnotation = "talos.dev/yaml-spec";

    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("MachineConfigs.config.talos.dev", "config")
    {
        Sensitive = true,
        Aliases = ["mc"],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<MachineConfig> Json => ConfigJson.Default.MachineConfig;

    /// <summary>All documents, valid, as the user wrote them.</summary>
    public required string Yaml { get; init; }

    /// <inheritdoc/>
    public override string ToString() => "MachineConfig (redacted)";
}
