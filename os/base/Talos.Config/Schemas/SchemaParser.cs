using System.Diagnostics;
using System.Globalization;

namespace Talos.Config;

/// <summary>Reads the schema texts of this folder.</summary>
/// <remarks>
/// A line without indentation, <c>Name:</c>, begins a type, and <c>Name ~:</c> one whose documents have no effect here;
/// an indented line, <c>field*~^@: type</c>, is a field; <c>+Name</c> takes over the fields of a type before it.
/// Types: a scalar of <see cref="ScalarRules"/>, <c>int(a..b)</c>, <c>enum(a|b)</c>, <c>[type]</c>, <c>[type]?</c> (one or a list),
/// <c>map(type)</c>, <c>map(scalar=type)</c> (what the keys are), <c>any</c>, <c>object</c>, <c>manifest</c>, the name of a type.
/// </remarks>
internal sealed class SchemaParser
{
    private readonly Dictionary<string, ObjectType> _types = new(StringComparer.Ordinal);
    private readonly HashSet<string> _withoutEffect = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, ObjectType> Types => _types;

    /// <summary>Names of types whose documents have no effect here.</summary>
    public IReadOnlySet<string> WithoutEffect => _withoutEffect;

    public SchemaParser Add(string text)
    {
        ObjectType? current = null;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            string content = line.Trim().ToString();
            if (content.Length == 0)
            {
                continue;
            }

            if (line[0] != ' ')
            {
                current = Begin(content.TrimEnd(':'));
            }
            else if (content[0] == '+')
            {
                foreach (SchemaField field in Type(content[1..]).Fields.Values)
                {
                    current!.Fields.Add(field.Name, field);
                }
            }
            else
            {
                SchemaField field = Field(content);
                current!.Fields.Add(field.Name, field);
            }
        }

        return this;
    }

    private ObjectType Begin(string head)
    {
        string name = head.TrimEnd('~', ' ');
        if (name.Length < head.Length)
        {
            _withoutEffect.Add(name);
        }

        return Type(name);
    }

    private ObjectType Type(string name)
    {
        if (!_types.TryGetValue(name, out ObjectType? type))
        {
            _types.Add(name, type = new ObjectType(name));
        }

        return type;
    }

    private SchemaField Field(string content)
    {
        int colon = content.IndexOf(": ", StringComparison.Ordinal);
        string head = content[..colon];
        string name = head.TrimEnd('*', '~', '^', '@');
        SchemaFlags flags = SchemaFlags.None;
        foreach (char mark in head.AsSpan(name.Length))
        {
            flags |= mark switch
            {
                '*' => SchemaFlags.Required,
                '~' => SchemaFlags.NoEffect,
                '^' => SchemaFlags.Secret,
                _ => SchemaFlags.Reboot,
            };
        }

        return new SchemaField(name, ParseType(content[(colon + 2)..].Trim()), flags);
    }

    private SchemaType ParseType(string text)
    {
        if (text.StartsWith('['))
        {
            bool orScalar = text.EndsWith('?');
            return new ListType(ParseType(text.TrimEnd('?')[1..^1]), orScalar);
        }

        int bracket = text.IndexOf('(', StringComparison.Ordinal);
        if (bracket < 0)
        {
            return text switch
            {
                "any" => new AnyType(),
                "object" => new AnyObjectType(IsManifest: false),
                "manifest" => new AnyObjectType(IsManifest: true),
                _ => char.IsAsciiLetterUpper(text[0]) ? Type(text) : ScalarRules.Named(text),
            };
        }

        string argument = text[(bracket + 1)..^1];
        switch (text[..bracket])
        {
            case "map":
                string[] sides = argument.Split('=');
                return new MapType(sides.Length > 1 ? ScalarRules.Named(sides[0]) : null, ParseType(sides[^1]));
            case "enum":
                return ScalarRules.OneOf(argument.Split('|'));
            case "int":
                string[] range = argument.Split("..");
                return ScalarRules.Between(
                    long.Parse(range[0], CultureInfo.InvariantCulture), long.Parse(range[1], CultureInfo.InvariantCulture));
            default:
                throw new UnreachableException($"schema type {text}");
        }
    }
}
