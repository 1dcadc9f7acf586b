using System.Text.Json;
using System.Text.Json.Serialization;

namespace Talos.Resources.Kubernetes;

/// <summary>An object of the Kubernetes API as JSON text; equal when the text is.</summary>
/// <param name="Json">One JSON object.</param>
[JsonConverter(typeof(KubernetesObjectConverter))]
public readonly record struct KubernetesObject(string Json)
{
    /// <inheritdoc/>
    public override string ToString() => Json;
}

/// <summary>Writes the object itself, not a text that holds it.</summary>
internal sealed class KubernetesObjectConverter : JsonConverter<KubernetesObject>
{
    public override KubernetesObject Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        return new KubernetesObject(document.RootElement.GetRawText());
    }

    public override void Write(Utf8JsonWriter writer, KubernetesObject value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Json is { Length: > 0 } json ? json : "{}");
}
