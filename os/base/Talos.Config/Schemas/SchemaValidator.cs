namespace Talos.Config;

/// <summary>Compares nodes with the schema and lists every difference.</summary>
internal sealed class SchemaValidator(List<ConfigProblem> problems, List<string> warnings)
{
    private const int MostProblems = 100;

    /// <summary>Checks one value.</summary>
    /// <param name="node">The value.</param>
    /// <param name="type">What it must be.</param>
    /// <param name="path">Where it stands.</param>
    /// <param name="warn">True: fields without effect are listed as warnings.</param>
    public void Check(Node node, SchemaType type, string path, bool warn)
    {
        if (problems.Count >= MostProblems || node is ScalarNode { IsNull: true })
        {
            return;
        }

        switch (type, node)
        {
            case (AnyType, _):
            case (AnyObjectType { IsManifest: true }, MappingNode):
                break;
            case (AnyObjectType, MappingNode):
                CheckAddresses(node, path);
                break;
            case (ScalarType scalar, ScalarNode value):
                if (scalar.Check(value) is string problem)
                {
                    Add(path, node.Line, problem);
                }

                break;
            case (ListType list, SequenceNode sequence):
                for (int i = 0; i < sequence.Items.Count; i++)
                {
                    Check(sequence.Items[i], list.Item, $"{path}[{i}]", warn);
                }

                break;
            case (ListType { OrScalar: true } list, ScalarNode):
                Check(node, list.Item, path, warn);
                break;
            case (MapType map, MappingNode mapping):
                foreach (MappingEntry entry in mapping.Entries)
                {
                    if (map.Key?.Check(new ScalarNode(entry.Key)) is string wrong)
                    {
                        Add(Join(path, entry.Key), entry.Line, wrong);
                    }

                    Check(entry.Value, map.Value, Join(path, entry.Key), warn);
                }

                break;
            case (ObjectType schema, MappingNode mapping):
                CheckObject(mapping, schema, path, warn);
                break;
            default:
                Add(path, node.Line, $"{type.Wanted} is wanted, not {node.Kind}");
                break;
        }
    }

    /// <summary>Refuses addresses that programs read differently, wherever they stand in a mapping that has no schema.</summary>
    private void CheckAddresses(Node node, string path)
    {
        switch (node)
        {
            case ScalarNode scalar when problems.Count < MostProblems && AddressText.IsAmbiguous(scalar.Text):
                Add(path, scalar.Line, $"'{ScalarNode.Shorten(scalar.Text)}' is ambiguous: {AddressText.Hint}");
                break;
            case SequenceNode sequence:
                for (int i = 0; i < sequence.Items.Count; i++)
                {
                    CheckAddresses(sequence.Items[i], $"{path}[{i}]");
                }

                break;
            case MappingNode mapping:
                foreach (MappingEntry entry in mapping.Entries)
                {
                    CheckAddresses(new ScalarNode(entry.Key, line: entry.Line), Join(path, entry.Key));
                    CheckAddresses(entry.Value, Join(path, entry.Key));
                }

                break;
        }
    }

    private void CheckObject(MappingNode mapping, ObjectType schema, string path, bool warn)
    {
        foreach (MappingEntry entry in mapping.Entries)
        {
            string at = Join(path, entry.Key);
            if (!schema.Fields.TryGetValue(entry.Key, out SchemaField? field))
            {
                Add(at, entry.Line, $"unknown field{Suggestion.For(entry.Key, schema.Fields.Keys)}");
                continue;
            }

            bool withoutEffect = field.Flags.HasFlag(SchemaFlags.NoEffect);
            if (warn && withoutEffect && entry.Value is not ScalarNode { IsNull: true })
            {
                warnings.Add($"{at}: accepted, but has no effect on this node");
            }

            Check(entry.Value, field.Type, at, warn && !withoutEffect);
        }

        foreach (SchemaField field in schema.Fields.Values)
        {
            if (field.Flags.HasFlag(SchemaFlags.Required) && mapping.Find(field.Name) is null or ScalarNode { IsNull: true })
            {
                Add(Join(path, field.Name), mapping.Line, "the field is missing");
            }
        }
    }

    private void Add(string path, int line, string message) => problems.Add(new ConfigProblem(path, line, message));

    internal static string Join(string path, string key)
    {
        string name = key.Contains('.', StringComparison.Ordinal) || key.Length == 0 ? $"[\"{ScalarNode.Shorten(key)}\"]" : ScalarNode.Shorten(key);
        return path.Length == 0 || path.EndsWith('/') || name[0] == '[' ? path + name : $"{path}.{name}";
    }
}
