using System.Text.Json;
using System.Text.Json.Serialization;

namespace Talos.Resources.Config;

/// <summary>Writes a machine config as the text it is.</summary>
internal sealed class MachineConfigConverter : JsonConverter<MachineConfig>
{
    public override MachineConfig Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new() { Yaml = reader.GetString() ?? throw new JsonException("a text is wanted") };

    public override void Write(Utf8JsonWriter writer, MachineConfig value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Yaml);
}
