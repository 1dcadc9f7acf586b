namespace Talos.Config;

/// <summary>What the change from one config to another needs.</summary>
public static class ConfigChange
{
    /// <summary>Fields that differ and take effect only at boot; empty when everything can be applied at once.</summary>
    /// <exception cref="ConfigException">One of them is not YAML.</exception>
    public static IReadOnlyList<string> NeedingReboot(string before, string after)
    {
        List<Node> old = ConfigPatcher.Load(before);
        List<Node> changed = ConfigPatcher.Load(after);
        List<string> found = [];
        foreach ((string kind, string name) in Identities(old).Union(Identities(changed)))
        {
            ObjectType? type = kind.Length == 0 ? ConfigSchema.V1Alpha1 : ConfigSchema.Kind(kind);
            if (type is not null)
            {
                Compare(Find(old, kind, name), Find(changed, kind, name), type, kind.Length == 0 ? "" : DocumentSet.Prefix(kind, name), found);
            }
        }

        return found;
    }

    private static IEnumerable<(string Kind, string Name)> Identities(List<Node> documents) =>
        documents.OfType<MappingNode>().Select(DocumentSet.Identify);

    private static MappingNode? Find(List<Node> documents, string kind, string name) =>
        documents.OfType<MappingNode>().FirstOrDefault(d => DocumentSet.Identify(d) == (kind, name));

    private static void Compare(MappingNode? old, MappingNode? changed, ObjectType type, string path, List<string> found)
    {
        foreach (SchemaField field in type.Fields.Values)
        {
            Node? before = old?.Find(field.Name);
            Node? after = changed?.Find(field.Name);
            if (field.Flags.HasFlag(SchemaFlags.Reboot))
            {
                if (Canonical(before) != Canonical(after))
                {
                    found.Add(SchemaValidator.Join(path, field.Name));
                }
            }
            else if (field.Type is ObjectType inner)
            {
                Compare(before as MappingNode, after as MappingNode, inner, SchemaValidator.Join(path, field.Name), found);
            }
        }
    }

    /// <summary>The value in one form; absent, null and empty are the same.</summary>
    private static string Canonical(Node? node) => node switch
    {
        null or ScalarNode { IsNull: true } or MappingNode { Entries.Count: 0 } or SequenceNode { Items.Count: 0 } => "",
        ScalarNode scalar => scalar.Text,
        MappingNode mapping => "{" + string.Join(",", mapping.Entries.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => e.Key + ":" + Canonical(e.Value))) + "}",
        _ => NodeJson.Write(node),
    };
}
