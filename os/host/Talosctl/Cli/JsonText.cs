using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Talosctl.Cli;

/// <summary>Writes a tree of names and values as JSON or YAML.</summary>
internal static class JsonText
{
    private const int Indent = 4;
    private static readonly JsonWriterOptions Pretty = new() { Indented = true, IndentSize = Indent, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Indented JSON with a line end.</summary>
    public static string Indented(JsonNode tree)
    {
        using MemoryStream text = new();
        using (Utf8JsonWriter writer = new(text, Pretty))
        {
            tree.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(text.ToArray()) + "\n";
    }

    /// <summary>YAML; texts are quoted as in JSON, which YAML contains.</summary>
    public static string Yaml(JsonObject tree)
    {
        StringBuilder text = new();
        Write(text, tree, 0, inList: false);
        return text.ToString();
    }

    private static void Write(StringBuilder text, JsonObject tree, int depth, bool inList)
    {
        foreach ((string name, JsonNode? value) in tree)
        {
            text.Append(inList ? "" : new string(' ', depth)).Append(name).Append(':');
            inList = false;
            switch (value)
            {
                case JsonObject { Count: > 0 } inner:
                    text.Append('\n');
                    Write(text, inner, depth + Indent, inList: false);
                    break;
                case JsonArray { Count: > 0 } list:
                    text.Append('\n');
                    foreach (JsonNode? item in list)
                    {
                        WriteItem(text, item, depth + Indent);
                    }

                    break;
                default:
                    text.Append(' ').Append(Scalar(value)).Append('\n');
                    break;
            }
        }
    }

    private static void WriteItem(StringBuilder text, JsonNode? item, int depth)
    {
        text.Append(' ', depth).Append("- ");
        if (item is JsonObject { Count: > 0 } tree)
        {
            Write(text, tree, depth + 2, inList: true);
        }
        else
        {
            text.Append(Scalar(item)).Append('\n');
        }
    }

    private static string Scalar(JsonNode? value) => value is null ? "null" : Indented(value).TrimEnd('\n');
}
