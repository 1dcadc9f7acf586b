using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Talos.Rpc.ResourceState;

/// <summary>Writes a JSON document as block style YAML, four spaces a level.</summary>
public static class YamlText
{
    private const int Indent = 4;

    /// <summary>The YAML text of <paramref name="value"/>, ending in a line feed.</summary>
    public static string From(JsonElement value)
    {
        StringBuilder text = new();
        if (IsBlock(value))
        {
            WriteBlock(text, value, 0);
        }
        else
        {
            WriteScalar(text, value, Indent);
            text.Append('\n');
        }

        return text.ToString();
    }

    private static bool IsBlock(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().Any(),
        JsonValueKind.Array => value.GetArrayLength() > 0,
        _ => false,
    };

    private static void WriteBlock(StringBuilder text, JsonElement value, int column)
    {
        if (value.ValueKind is JsonValueKind.Object)
        {
            bool first = true;
            foreach (JsonProperty property in value.EnumerateObject())
            {
                Start(text, column, ref first);
                WriteString(text, property.Name, column + Indent, isKey: true);
                text.Append(':');
                WriteValue(text, property.Value, column + Indent);
            }
        }
        else
        {
            bool first = true;
            foreach (JsonElement item in value.EnumerateArray())
            {
                Start(text, column, ref first);
                text.Append('-');
                if (IsBlock(item))
                {
                    text.Append(' ');
                    WriteBlock(text, item, column + 2);
                }
                else
                {
                    WriteValue(text, item, column + 2);
                }
            }
        }
    }

    // The first entry of a block stands behind what opened it: "- " or nothing.
    private static void Start(StringBuilder text, int column, ref bool first)
    {
        if (!first || text.Length == 0 || text[^1] == '\n')
        {
            text.Append(' ', column);
        }

        first = false;
    }

    private static void WriteValue(StringBuilder text, JsonElement value, int column)
    {
        if (IsBlock(value))
        {
            text.Append('\n');
            WriteBlock(text, value, column);
            return;
        }

        text.Append(' ');
        WriteScalar(text, value, column);
        text.Append('\n');
    }

    private static void WriteScalar(StringBuilder text, JsonElement value, int column)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                text.Append("{}");
                break;
            case JsonValueKind.Array:
                text.Append("[]");
                break;
            case JsonValueKind.String:
                WriteString(text, value.GetString()!, column, isKey: false);
                break;
            case JsonValueKind.Null or JsonValueKind.Undefined:
                text.Append("null");
                break;
            default:
                text.Append(value.GetRawText());
                break;
        }
    }

    private static void WriteString(StringBuilder text, string value, int column, bool isKey)
    {
        if (YamlScalar.IsPlain(value))
        {
            text.Append(value);
        }
        else if (!isKey && YamlScalar.IsLiteral(value))
        {
            WriteLiteral(text, value, column);
        }
        else
        {
            WriteQuoted(text, value);
        }
    }

    private static void WriteLiteral(StringBuilder text, string value, int column)
    {
        bool ends = value.EndsWith('\n');
        text.Append(ends ? "|" : "|-");
        foreach (string line in (ends ? value[..^1] : value).Split('\n'))
        {
            text.Append('\n');
            if (line.Length > 0)
            {
                text.Append(' ', column).Append(line);
            }
        }
    }

    private static void WriteQuoted(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (char c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                _ when YamlScalar.IsPrintable(c) => text.Append(c),
                _ => text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
            };
        }

        text.Append('"');
    }
}
