using Google.Protobuf;
using Talos.Fleet.Sparkplug.Wire;

namespace Talos.Fleet.Sparkplug;

/// <summary>Reads <c>NCMD</c>: the only command there is asks for the births again.</summary>
public static class NodeCommand
{
    /// <summary>Largest payload that is read, in bytes.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>What keeps a command from being followed; null when it asks for the births.</summary>
    public static string? Problem(ReadOnlySpan<byte> payload)
    {
        if (payload.Length > MaxBytes)
        {
            return $"{payload.Length} bytes; the limit is {MaxBytes}";
        }

        Payload read;
        try
        {
            read = Payload.Parser.ParseFrom(payload);
        }
        catch (InvalidProtocolBufferException e)
        {
            return $"is no payload: {e.Message}";
        }

        return read.Metrics.Any(m => m.Name == EdgeNode.Rebirth && m.ValueCase is Metric.ValueOneofCase.BooleanValue && m.BooleanValue) ? null
            : read.Metrics.Any(m => m.Name == EdgeNode.Rebirth) ? $"{EdgeNode.Rebirth} is not the Boolean true"
            : read.Metrics.Count == 0 ? "has no metric"
            : $"has no metric {EdgeNode.Rebirth}, the only one that takes a command";
    }
}
