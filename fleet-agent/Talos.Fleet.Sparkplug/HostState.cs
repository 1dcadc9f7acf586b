using System.Text.Json;

namespace Talos.Fleet.Sparkplug;

/// <summary>Payload of a host application's <c>STATE</c> topic.</summary>
/// <param name="Online">Whether it is there.</param>
/// <param name="Timestamp">When it connected, in milliseconds since 1970; its death has the same one.</param>
public sealed record HostState(bool Online, long Timestamp)
{
    /// <summary>Largest payload that is read, in bytes.</summary>
    public const int MaxBytes = 1024;

    /// <summary>Reads a payload; null when it is none.</summary>
    public static HostState? Parse(ReadOnlyMemory<byte> payload)
    {
        if (payload.Length > MaxBytes)
        {
            return null;
        }

        try
        {
            using JsonDocument json = JsonDocument.Parse(payload, new JsonDocumentOptions { MaxDepth = 4 });
            return json.RootElement.ValueKind is JsonValueKind.Object
                && json.RootElement.TryGetProperty("online", out JsonElement online) && online.ValueKind is JsonValueKind.True or JsonValueKind.False
                && json.RootElement.TryGetProperty("timestamp", out JsonElement time) && time.ValueKind is JsonValueKind.Number && time.TryGetInt64(out long at)
                    ? new HostState(online.GetBoolean(), at)
                    : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
