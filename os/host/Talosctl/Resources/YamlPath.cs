using System.Globalization;
using System.Text;
using System.Text.Json;
using Talosctl.Cli;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Talosctl.Resources;

/// <summary>Reads values out of YAML by simple JSON paths such as <c>{.status.ready}</c> or <c>{.items[0]}</c>.</summary>
internal static class YamlPath
{
    public static YamlNode Parse(string yaml)
    {
        YamlStream stream = [];
        stream.Load(new StringReader(yaml));
        return stream.Documents.Count == 0 ? new YamlScalarNode("") : stream.Documents[0].RootNode;
    }

    public static string Text(YamlMappingNode node, string key) => (Child(node, key) as YamlScalarNode)?.Value ?? "";

    public static IEnumerable<string> Texts(YamlMappingNode node, string key) =>
        Child(node, key) is YamlSequenceNode list ? list.OfType<YamlScalarNode>().Select(s => s.Value ?? "") : [];

    /// <summary>The node at a path; null when there is none.</summary>
    public static YamlNode? Find(YamlNode root, string path)
    {
        YamlNode? at = root;
        foreach (string step in Steps(path))
        {
            at = (at, step) switch
            {
                (_, "@") => at,
                (YamlSequenceNode list, _) when int.TryParse(step, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int i) =>
                    list.Children.ElementAtOrDefault(i < 0 ? list.Children.Count + i : i),
                (YamlSequenceNode list, "*") => list,
                (YamlSequenceNode list, _) => new YamlSequenceNode(list.Children.OfType<YamlMappingNode>().Select(m => Child(m, step)).OfType<YamlNode>()),
                (YamlMappingNode map, _) => Child(map, step),
                _ => null,
            };
        }

        return at;
    }

    /// <summary>A value in one line: scalars as they are, the rest as JSON.</summary>
    public static string Show(YamlNode? node) => node switch
    {
        null => "",
        YamlScalarNode scalar => scalar.Value ?? "",
        _ => Json(node, indented: false),
    };

    /// <summary>YAML as JSON; plain scalars keep their type.</summary>
    public static string Json(YamlNode node, bool indented)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter writer = new(buffer, new JsonWriterOptions { Indented = indented, IndentSize = 4, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            Write(writer, node);
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static IEnumerable<string> Steps(string path)
    {
        string inner = path.Trim();
        if (inner.StartsWith('{') && inner.EndsWith('}'))
        {
            inner = inner[1..^1];
        }

        foreach (string part in inner.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] pieces = part.Split('[', StringSplitOptions.RemoveEmptyEntries);
            for (int i = 0; i < pieces.Length; i++)
            {
                yield return i == 0 && !part.StartsWith('[') ? pieces[i]
                    : pieces[i].EndsWith(']') ? pieces[i][..^1].Trim('\'', '"')
                    : throw new TalosctlException($"path \"{path}\": \"[\" without \"]\"");
            }
        }
    }

    private static YamlNode? Child(YamlMappingNode node, string key) =>
        node.Children.FirstOrDefault(c => c.Key is YamlScalarNode { Value: { } name } && name == key).Value;

    private static void Write(Utf8JsonWriter writer, YamlNode node)
    {
        switch (node)
        {
            case YamlMappingNode map:
                writer.WriteStartObject();
                foreach ((YamlNode key, YamlNode value) in map.Children)
                {
                    writer.WritePropertyName((key as YamlScalarNode)?.Value ?? "");
                    Write(writer, value);
                }

                writer.WriteEndObject();
                break;
            case YamlSequenceNode list:
                writer.WriteStartArray();
                foreach (YamlNode item in list)
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case YamlScalarNode { Style: ScalarStyle.Plain, Value: { } text }:
                WritePlain(writer, text);
                break;
            default:
                writer.WriteStringValue((node as YamlScalarNode)?.Value);
                break;
        }
    }

    private static void WritePlain(Utf8JsonWriter writer, string text)
    {
        if (text is "true" or "false")
        {
            writer.WriteBooleanValue(text == "true");
        }
        else if (text is "null" or "~" or "")
        {
            writer.WriteNullValue();
        }
        else if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole))
        {
            writer.WriteNumberValue(whole);
        }
        else if (text.Contains('.', StringComparison.Ordinal) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number))
        {
            writer.WriteNumberValue(number);
        }
        else
        {
            writer.WriteStringValue(text);
        }
    }
}
