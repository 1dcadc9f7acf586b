namespace Talos.Config;

/// <summary>The documents of a config by kind, each one accepted by its schema.</summary>
internal sealed class DocumentSet
{
    private readonly List<(string Kind, View Document)> _documents = [];

    /// <summary>The v1alpha1 document; not present when there is none.</summary>
    public View V1Alpha1 { get; private set; }

    public IReadOnlyList<string> Kinds => [.. _documents.Select(d => d.Kind)];

    /// <summary>Sorts documents and checks each; what is wrong is added to the list of problems.</summary>
    public static DocumentSet Check(IReadOnlyList<Node> nodes, List<ConfigProblem> problems, List<string> warnings)
    {
        DocumentSet set = new();
        SchemaValidator validator = new(problems, warnings);
        Dictionary<string, int> seen = new(StringComparer.Ordinal);
        foreach (Node node in nodes)
        {
            if (node is not MappingNode mapping)
            {
                problems.Add(new ConfigProblem("", node.Line, $"a document must be a mapping, not {node.Kind}"));
                continue;
            }

            set.CheckDocument(mapping, validator, seen, problems, warnings);
        }

        return set;
    }

    /// <summary>Every document of a kind.</summary>
    public IEnumerable<View> All(string kind) => _documents.Where(d => d.Kind == kind).Select(d => d.Document);

    /// <summary>The only document of a kind; not present when there is none.</summary>
    public View One(string kind) => All(kind).FirstOrDefault();

    /// <summary>What the path of a field in a document starts with.</summary>
    public static string Prefix(string kind, string name) => name.Length > 0 ? $"{kind}({name})/" : $"{kind}/";

    /// <summary>Kind and name of a document; the v1alpha1 document has neither.</summary>
    public static (string Kind, string Name) Identify(MappingNode mapping)
    {
        View view = new(mapping);
        return (view.Text("kind"), view.Text("name"));
    }

    private void CheckDocument(
        MappingNode mapping, SchemaValidator validator, Dictionary<string, int> seen, List<ConfigProblem> problems, List<string> warnings)
    {
        (string kind, string name) = Identify(mapping);
        if (kind.Length == 0 && mapping.Find("apiVersion") is null)
        {
            CheckTwice("", "a v1alpha1 document", mapping, seen, problems);
            validator.Check(mapping, ConfigSchema.V1Alpha1, "", warn: true);
            V1Alpha1 = new View(mapping);
            _documents.Add(("v1alpha1", V1Alpha1));
            return;
        }

        if (kind.Length == 0)
        {
            problems.Add(new ConfigProblem("kind", mapping.Line, "the field is missing"));
            return;
        }

        if (ConfigSchema.Kind(kind) is not ObjectType type)
        {
            problems.Add(new ConfigProblem(
                "kind", new View(mapping).Line("kind"), $"unknown kind '{ScalarNode.Shorten(kind)}'{Suggestion.For(kind, ConfigSchema.Kinds)}"));
            return;
        }

        CheckTwice(Prefix(kind, name), name.Length > 0 ? $"{kind} with the name '{name}'" : kind, mapping, seen, problems);
        if (!ConfigSchema.HasEffect(kind))
        {
            warnings.Add($"{Prefix(kind, name).TrimEnd('/')}: accepted, but has no effect on this node");
        }

        validator.Check(mapping, type, Prefix(kind, name), warn: ConfigSchema.HasEffect(kind));
        _documents.Add((kind, new View(mapping)));
    }

    private static void CheckTwice(
        string identity, string what, MappingNode mapping, Dictionary<string, int> seen, List<ConfigProblem> problems)
    {
        if (!seen.TryAdd(identity, mapping.Line))
        {
            problems.Add(new ConfigProblem(
                identity.TrimEnd('/'), mapping.Line, $"{what} is given twice; it stands on line {seen[identity]} already"));
        }
    }
}
