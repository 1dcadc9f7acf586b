using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Talos.Cosi;

/// <summary>Writes a <see cref="ValueList{T}"/> as a JSON array.</summary>
/// <remarks>
/// Generic converters cannot be made at run time under NativeAOT, so the factory knows those that were named on
/// properties: the serializer asks it for the type of each property, also where the property names its own.
/// </remarks>
public sealed class ValueListConverterFactory : JsonConverterFactory
{
    private static readonly ConcurrentDictionary<Type, JsonConverter> Known = [];

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

        if (typeToConvert == typeof(ValueList<int>))
        {
            return new ValueListConverter<int>();
        }

        return Known.TryGetValue(typeToConvert, out JsonConverter? converter)
            ? converter
            : throw new NotSupportedException($"{typeToConvert}: put [JsonConverter(typeof(ValueListConverter<T>))] on the property and the item type into the JSON context");
    }

    internal static void Learn(Type type, JsonConverter converter) => Known.TryAdd(type, converter);
}

/// <summary>Writes a <see cref="ValueList{T}"/> as a JSON array; name it on properties whose items are records.</summary>
public sealed class ValueListConverter<T> : JsonConverter<ValueList<T>>
{
    /// <summary>Makes a converter and tells <see cref="ValueListConverterFactory"/> of it.</summary>
    public ValueListConverter() => ValueListConverterFactory.Learn(typeof(ValueList<T>), this);

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
