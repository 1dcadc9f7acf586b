namespace Talos.Config;

/// <summary>Merges partial documents into a config: mappings key by key, lists by appending, with few exceptions.</summary>
internal static class StrategicMerge
{
    private const string Directive = "$patch";

    /// <summary>Lists whose elements are the same when one of these keys is equal.</summary>
    private static readonly Dictionary<string, string[]> MergeKeys = new(StringComparer.Ordinal)
    {
        ["machine.network.interfaces"] = ["interface", "deviceSelector"],
        ["machine.network.interfaces.vlans"] = ["vlanId"],
        ["cluster.apiServer.admissionControl"] = ["name"],
    };

    /// <summary>Values that a patch replaces as a whole.</summary>
    private static readonly HashSet<string> Replaced = new(StringComparer.Ordinal)
    {
        "cluster.network.podSubnets", "cluster.network.serviceSubnets", "cluster.apiServer.auditPolicy",
        "KubeNetworkConfig/podSubnets", "KubeNetworkConfig/serviceSubnets",
    };

    /// <summary>Merges each document of the patch into its counterpart, or adds it.</summary>
    public static void Apply(List<Node> documents, IEnumerable<Node> patch)
    {
        foreach (Node node in patch)
        {
            if (node is not MappingNode part)
            {
                throw new ConfigException([new ConfigProblem("", node.Line, $"a patch must be a mapping or a list of operations, not {node.Kind}")]);
            }

            (string kind, string name) = DocumentSet.Identify(part);
            int index = documents.FindIndex(d => d is MappingNode m && DocumentSet.Identify(m) == (kind, name));
            if (IsDelete(part))
            {
                if (index < 0)
                {
                    throw new ConfigException(
                        [new ConfigProblem(DocumentSet.Prefix(kind, name).TrimEnd('/'), part.Line, "cannot be deleted: the config has no such document")]);
                }

                documents.RemoveAt(index);
            }
            else if (index < 0)
            {
                MappingNode added = new(part.Line);
                Merge(added, part, Root(kind));
                documents.Add(added);
            }
            else
            {
                Merge((MappingNode)documents[index], part, Root(kind));
            }
        }
    }

    private static string Root(string kind) => kind.Length > 0 ? $"{kind}/" : "";

    private static void Merge(MappingNode target, MappingNode patch, string path)
    {
        foreach (MappingEntry entry in patch.Entries)
        {
            string at = SchemaValidator.Join(path, entry.Key);
            if (entry.Value is MappingNode deleted && IsDelete(deleted))
            {
                target.Remove(entry.Key);
                continue;
            }

            switch (target.Find(entry.Key), entry.Value)
            {
                case (MappingNode there, MappingNode part) when !Replaced.Contains(at):
                    Merge(there, part, at);
                    break;
                case (SequenceNode there, SequenceNode part) when !Replaced.Contains(at):
                    Append(there, part, at);
                    break;
                case (not MappingNode, MappingNode part):
                    MappingNode fresh = new(part.Line);
                    Merge(fresh, part, at);
                    target.Set(entry.Key, fresh);
                    break;
                case (not SequenceNode, SequenceNode part):
                    SequenceNode list = new(part.Line);
                    Append(list, part, at);
                    target.Set(entry.Key, list);
                    break;
                default:
                    target.Set(entry.Key, entry.Value.Clone());
                    break;
            }
        }
    }

    private static void Append(SequenceNode target, SequenceNode patch, string path)
    {
        string[] keys = MergeKeys.GetValueOrDefault(path) ?? [];
        foreach (Node item in patch.Items)
        {
            if (item is not MappingNode part)
            {
                target.Items.Add(item.Clone());
                continue;
            }

            bool delete = IsDelete(part);
            int index = target.Items.FindIndex(i => i is MappingNode there && (delete ? Matches(there, part) : Same(there, part, keys)));
            if (delete && index >= 0)
            {
                target.Items.RemoveAt(index);
            }
            else if (!delete && index >= 0)
            {
                Merge((MappingNode)target.Items[index], part, path);
            }
            else if (!delete)
            {
                MappingNode added = new(part.Line);
                Merge(added, part, path);
                target.Items.Add(added);
            }
        }
    }

    private static bool Same(MappingNode there, MappingNode part, string[] keys) =>
        keys.Any(k => there.Find(k) is Node a && part.Find(k) is Node b && NodeJson.Write(a) == NodeJson.Write(b));

    /// <summary>True when every value beside the directive is equal.</summary>
    private static bool Matches(MappingNode there, MappingNode part) =>
        part.Entries.Where(e => e.Key != Directive)
            .All(e => there.Find(e.Key) is Node value && NodeJson.Write(value) == NodeJson.Write(e.Value));

    private static bool IsDelete(MappingNode part) => part.Find(Directive) switch
    {
        null => false,
        ScalarNode { Text: "delete" } => true,
        Node other => throw new ConfigException(
            [new ConfigProblem(Directive, other.Line, $"only 'delete' is known, not {other.Kind}")]),
    };
}
