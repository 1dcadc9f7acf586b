using System.Text.Json;
using System.Text.Json.Serialization;

namespace Talos.Ota.Engine.Journal;

/// <summary>The journal as bytes: JSON.</summary>
internal static class JournalFormat
{
    private const int Format = 1;

    public static byte[] Write(UpdateJournal journal) => JsonSerializer.SerializeToUtf8Bytes(journal with { Format = Format }, JournalJson.Default.UpdateJournal);

    /// <summary>Null when the bytes are none of ours: the slots themselves are enough to go on.</summary>
    public static UpdateJournal? TryRead(ReadOnlySpan<byte> data)
    {
        try
        {
            return JsonSerializer.Deserialize(data, JournalJson.Default.UpdateJournal) is { Format: Format } journal ? journal : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Members a later version adds are passed over, so that going back keeps the journal.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(UpdateJournal))]
internal sealed partial class JournalJson : JsonSerializerContext;
