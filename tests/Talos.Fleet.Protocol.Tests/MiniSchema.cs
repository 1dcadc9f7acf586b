using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Talos.Fleet.Protocol.Tests;

/// <summary>As much of JSON Schema as the files in fleet-agent/schema use; an unknown keyword is an error.</summary>
internal static class MiniSchema
{
    public static bool IsValid(JsonNode? schema, JsonNode? value)
    {
        if (schema is JsonValue all)
        {
            return all.GetValue<bool>();
        }

        foreach ((string keyword, JsonNode? rule) in schema!.AsObject())
        {
            if (!Holds(schema.AsObject(), keyword, rule!, value))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Holds(JsonObject schema, string keyword, JsonNode rule, JsonNode? value) => keyword switch
    {
        "$schema" or "title" or "description" or "then" or "else" => true,
        "type" => IsType((string)rule!, value),
        "enum" => rule.AsArray().Any(w => JsonNode.DeepEquals(w, value)),
        "const" => JsonNode.DeepEquals(rule, value),
        "minLength" => Text(value) is not { } text || text.Length >= (int)rule,
        "maxLength" => Text(value) is not { } text || text.Length <= (int)rule,
        "pattern" => Text(value) is not { } text || Regex.IsMatch(text, (string)rule!, RegexOptions.ECMAScript),
        "minimum" => Number(value) is not { } number || number >= (decimal)rule,
        "maximum" => Number(value) is not { } number || number <= (decimal)rule,
        "required" => value is not JsonObject o || rule.AsArray().All(m => o.ContainsKey((string)m!)),
        "properties" => value is not JsonObject o || o.All(m => rule[m.Key] is not { } s || IsValid(s, m.Value)),
        "additionalProperties" => value is not JsonObject o || o.All(m => schema["properties"]?[m.Key] is not null || IsValid(rule, m.Value)),
        "propertyNames" => value is not JsonObject o || o.All(m => IsValid(rule, JsonValue.Create(m.Key))),
        "maxProperties" => value is not JsonObject o || o.Count <= (int)rule,
        "items" => value is not JsonArray a || a.All(i => IsValid(rule, i)),
        "minItems" => value is not JsonArray a || a.Count >= (int)rule,
        "maxItems" => value is not JsonArray a || a.Count <= (int)rule,
        "allOf" => rule.AsArray().All(s => IsValid(s, value)),
        "if" => IsValid(IsValid(rule, value) ? schema["then"] ?? true : schema["else"] ?? true, value),
        _ => throw new InvalidOperationException($"keyword {keyword} is not known here"),
    };

    private static bool IsType(string type, JsonNode? value) => type switch
    {
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "string" => Text(value) is not null,
        "boolean" => value is JsonValue v && v.TryGetValue(out bool _),
        "number" => Number(value) is not null,
        "integer" => Number(value) is { } number && decimal.IsInteger(number),
        _ => throw new InvalidOperationException($"type {type} is not known here"),
    };

    private static string? Text(JsonNode? value) => value is JsonValue v && v.TryGetValue(out string? text) ? text : null;

    private static decimal? Number(JsonNode? value) =>
        value is JsonValue v && v.GetValueKind() is System.Text.Json.JsonValueKind.Number && decimal.TryParse(v.ToJsonString(), System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out decimal number) ? number : null;
}
