using System.Globalization;
using System.Text;
using System.Text.Json;
using YamlDotNet.Core;

namespace Talos.Config;

/// <summary>Writes a YAML value as JSON. Plain scalars become what the YAML 1.2 core schema says.</summary>
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
        else if (ScalarRules.Integer(scalar.Text) is long number)
        {
            writer.WriteNumberValue(number);
        }
        else if (IsDecimal(scalar.Text)
            && double.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            && double.IsFinite(value))
        {
            writer.WriteNumberValue(value);
        }
        else
        {
            writer.WriteStringValue(scalar.Text);
        }
    }

    private static bool IsDecimal(string text) =>
        (char.IsAsciiDigit(text[0]) || text[0] is '-' or '+' or '.') && text.Any(char.IsAsciiDigit);
}
