using System.Text.Json;
using System.Text.Json.Serialization;

namespace Talos.Fleet.Protocol;

/// <summary>Enums as words in camel case, exactly as the schema has them: no numbers, no other case.</summary>
public sealed class WireEnumConverter<T> : JsonConverter<T>
    where T : struct, Enum
{
    private static readonly Dictionary<string, T> ByWord = Enum.GetValues<T>().ToDictionary(Word, v => v, StringComparer.Ordinal);
    private static readonly Dictionary<T, string> Words = ByWord.ToDictionary(p => p.Value, p => p.Key);

    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType is JsonTokenType.String && ByWord.TryGetValue(reader.GetString()!, out T value)
            ? value
            : throw new JsonException($"it is one of {string.Join(", ", ByWord.Keys)}");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(Words[value]);
    }

    private static string Word(T value)
    {
        string name = value.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }
}
