using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Talos.Cosi;

/// <summary>Writes a <see cref="ValueList{T}"/> as a JSON array.</summary>
/// <remarks>Element types are listed here, because generic converters cannot be made at run time under NativeAOT.</remarks>
public sealed class ValueListConverterFactory : JsonConverterFactory
{
    /// <inheritdoc/>
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(ValueList<>);

    /// <inheritdoc/>
    public override JsonConverter? CreateConverter(Type typeToConvert, JsonSerializerOptions options)
    {
        if (typeToConvert == typeof(ValueList<string>))
        {
            return new ValueListConverter<string>();
        }

        return typeToConvert == typeof(ValueList<int>)
            ? new ValueListConverter<int>()
            : throw new NotSupportedException($"{typeToConvert}: put [JsonConverter(typeof(ValueListConverter<T>))] on the property");
    }
}

/// <summary>Writes a <see cref="ValueList{T}"/> as a JSON array; name it on properties whose items are records.</summary>
public sealed class ValueListConverter<T> : JsonConverter<ValueList<T>>
{
    /// <inheritdoc/>
    public override ValueList<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        JsonTypeInfo<T> info = (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
        List<T> items = [];
        if (reader.TokenType is not JsonTokenType.StartArray)
        {
            throw new JsonException("an array is wanted");
        }

        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
        {
            items.Add(JsonSerializer.Deserialize(ref reader, info)!);
        }

        return items.ToValueList();
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ValueList<T> value, JsonSerializerOptions options)
    {
        JsonTypeInfo<T> info = (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
        writer.WriteStartArray();
        foreach (T item in value)
        {
            JsonSerializer.Serialize(writer, item, info);
        }

        writer.WriteEndArray();
    }
}
