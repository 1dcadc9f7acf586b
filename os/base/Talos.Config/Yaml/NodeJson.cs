using System.Text;
using System.Text.Json;
using YamlDotNet.Core;

namespace Talos.Config;

/// <summary>Writes a YAML value as JSON. Plain scalars become what they are for Kubernetes' own tools (<see cref="YamlNumber"/>).</summary>
internal static class NodeJson
{
    /// <summary>The value as one line of JSON.</summary>
    public static string Write(Node node)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
        {
            Write(writer, node);
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static void Write(Utf8JsonWriter writer, Node node)
    {
        switch (node)
        {
            case SequenceNode sequence:
                writer.WriteStartArray();
                foreach (Node item in sequence.Items)
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case MappingNode mapping:
                writer.WriteStartObject();
                foreach (MappingEntry entry in mapping.Entries)
                {
                    writer.WritePropertyName(entry.Key);
                    Write(writer, entry.Value);
                }

                writer.WriteEndObject();
                break;
            case ScalarNode scalar:
                WriteScalar(writer, scalar);
                break;
        }
    }

    private static void WriteScalar(Utf8JsonWriter writer, ScalarNode scalar)
    {
        if (scalar.Style is not (ScalarStyle.Plain or ScalarStyle.Any))
        {
            writer.WriteStringValue(scalar.Text);
        }
        else if (scalar.IsNull)
        {
            writer.WriteNullValue();
        }
        else if (scalar.Text is "true" or "True" or "TRUE" or "false" or "False" or "FALSE")
        {
            writer.WriteBooleanValue(scalar.Boolean is true);
        }
        else if (YamlNumber.TryRead(scalar.Text, out long? signed, out ulong? unsigned, out double value))
        {
            WriteNumber(writer, signed, unsigned, value);
        }
        else
        {
            writer.WriteStringValue(scalar.Text);
        }
    }

    private static void WriteNumber(Utf8JsonWriter writer, long? signed, ulong? unsigned, double value)
    {
        if (signed is { } number)
        {
            writer.WriteNumberValue(number);
        }
        else if (unsigned is { } large)
        {
            writer.WriteNumberValue(large);
        }
        else
        {
            writer.WriteNumberValue(value);
        }
    }
}
