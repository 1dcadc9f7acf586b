using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Talos.Cosi;

namespace Talos.Resources.Config;

/// <summary>What the node is in its cluster; the id is <c>machine-type</c>, absent in maintenance.</summary>
[JsonConverter(typeof(MachineTypeConverter))]
public sealed record MachineType : IResourceSpec<MachineType>
{
    /// <summary>The only id.</summary>
    public const string Id = "machine-type";

    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("MachineTypes.config.talos.dev", "config")
    {
        PrintColumns = [new PrintColumn("Type", "{@}")],
    };

    /// <inheritdoc/>
    public static JsonTypeInfo<MachineType> Json => ConfigJson.Default.MachineType;

    /// <summary><c>controlplane</c> or <c>worker</c>.</summary>
    public required string Type { get; init; }
}

/// <summary>Writes a machine type as the text it is.</summary>
internal sealed class MachineTypeConverter : JsonConverter<MachineType>
{
    public override MachineType Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new() { Type = reader.GetString() ?? throw new JsonException("a text is wanted") };

    public override void Write(Utf8JsonWriter writer, MachineType value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Type);
}
