namespace Talos.Config;

/// <summary>Hides the secrets of a config.</summary>
public static class ConfigRedaction
{
    /// <summary>What stands in place of a secret.</summary>
    public const string Hidden = "(redacted)";

    /// <summary>The config, rewritten, with every secret replaced.</summary>
    /// <exception cref="ConfigException">Not YAML.</exception>
    public static string Redact(string yaml)
    {
        List<Node> documents = ConfigPatcher.Load(yaml);
        Replace(documents, _ => Hidden);
        return NodeWriter.Write(documents);
    }

    /// <summary>Replaces the text of every secret by what <paramref name="with"/> makes of it.</summary>
    internal static void Replace(List<Node> documents, Func<string, string> with)
    {
        for (int i = 0; i < documents.Count; i++)
        {
            if (documents[i] is MappingNode mapping)
            {
                (string kind, _) = DocumentSet.Identify(mapping);
                ObjectType? type = kind.Length == 0 ? ConfigSchema.V1Alpha1 : ConfigSchema.Kind(kind);
                documents[i] = Visit(mapping, type, false, with);
            }
        }
    }

    private static Node Visit(Node node, SchemaType? type, bool secret, Func<string, string> with)
    {
        switch (node)
        {
            case MappingNode mapping:
                MappingNode copy = new(mapping.Line);
                copy.Entries.AddRange(mapping.Entries.Select(e => e with { Value = VisitEntry(e, type, secret, with) }));
                return copy;
            case SequenceNode sequence:
                SequenceNode list = new(sequence.Line);
                SchemaType? item = (type as ListType)?.Item;
                list.Items.AddRange(sequence.Items.Select(i => Visit(i, item, secret, with)));
                return list;
            case ScalarNode { IsNull: false, Text.Length: > 0 } scalar when secret:
                return new ScalarNode(with(scalar.Text), line: scalar.Line);
            default:
                return node;
        }
    }

    private static Node VisitEntry(MappingEntry entry, SchemaType? type, bool secret, Func<string, string> with)
    {
        SchemaField? field = (type as ObjectType)?.Fields.GetValueOrDefault(entry.Key);
        SchemaType? valueType = field?.Type ?? (type as MapType)?.Value;
        return Visit(entry.Value, valueType, secret || field?.Flags.HasFlag(SchemaFlags.Secret) is true, with);
    }
}
