using System.Text.Json;
using System.Text.Json.Serialization;

namespace Talos.Ota.Engine.Journal;

/// <summary>The journal as bytes: JSON behind a version number.</summary>
internal static class JournalFormat
{
    private const byte Version = 1;

    public static byte[] Write(UpdateJournal journal) => [Version, .. JsonSerializer.SerializeToUtf8Bytes(journal, JournalJson.Default.UpdateJournal)];

    /// <summary>Null when the bytes are none of ours: the slots themselves are enough to go on.</summary>
    public static UpdateJournal? TryRead(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty || data[0] != Version)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(data[1..], JournalJson.Default.UpdateJournal);
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
