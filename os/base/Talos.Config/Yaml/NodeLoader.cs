using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Talos.Config;

/// <summary>Reads YAML text into nodes, within bounds: depth, number of values (aliases count as what they repeat), documents.</summary>
internal sealed class NodeLoader
{
    private const int MaxDepth = 64;
    private const int MaxValues = 200_000;
    private const int MaxDocuments = 500;

    private readonly Dictionary<string, Node> _anchors = new(StringComparer.Ordinal);
    private readonly Parser _parser;
    private readonly List<ConfigProblem> _problems;
    private int _values;

    private NodeLoader(string text, List<ConfigProblem> problems)
    {
        _parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
        _problems = problems;
    }

    /// <summary>Reads every document that is not empty. What is wrong is added to <paramref name="problems"/>.</summary>
    public static IReadOnlyList<Node> Load(string text, List<ConfigProblem> problems)
    {
        NodeLoader loader = new(text, problems);
        try
        {
            return loader.Documents();
        }
        catch (Exception e) when (YamlFault.IsParsers(e))
        {
            YamlFault fault = YamlFault.Find(text, e);
            problems.Add(new ConfigProblem("", fault.Line, $"not valid YAML: {fault.Message}"));
            return [];
        }
    }

    private List<Node> Documents()
    {
        List<Node> documents = [];
        _parser.Consume<StreamStart>();
        while (!_parser.TryConsume<StreamEnd>(out _))
        {
            DocumentStart start = _parser.Consume<DocumentStart>();
            _anchors.Clear();
            Node root = Value(0);
            _parser.Consume<DocumentEnd>();
            if (root is ScalarNode { IsNull: true })
            {
                continue;
            }

            if (documents.Count == MaxDocuments)
            {
                throw Refuse(start, $"more than {MaxDocuments} documents");
            }

            documents.Add(root);
        }

        return documents;
    }

    private Node Value(int depth)
    {
        ParsingEvent next = _parser.Consume<ParsingEvent>();
        if (depth > MaxDepth)
        {
            throw Refuse(next, $"nested deeper than {MaxDepth} levels");
        }

        Count(next, 1);
        switch (next)
        {
            case AnchorAlias alias:
                return Alias(alias);
            case Scalar scalar:
                return Named(scalar.Anchor, new ScalarNode(scalar.Value, Style(scalar), Line(scalar)));
            case SequenceStart start:
                SequenceNode sequence = new(Line(start));
                while (!_parser.TryConsume<SequenceEnd>(out _))
                {
                    sequence.Items.Add(Value(depth + 1));
                }

                return Named(start.Anchor, sequence);
            case MappingStart start:
                return Named(start.Anchor, Mapping(start, depth));
            default:
                throw Refuse(next, "a value is missing");
        }
    }

    private MappingNode Mapping(MappingStart start, int depth)
    {
        MappingNode mapping = new(Line(start));
        Dictionary<string, int> lines = new(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            ParsingEvent next = _parser.Consume<ParsingEvent>();
            if (next is not Scalar key)
            {
                throw Refuse(next, "a key of a mapping must be a text");
            }

            if (key is { Value: "<<", Style: ScalarStyle.Plain })
            {
                throw Refuse(key, "merge keys (<<) are not supported");
            }

            Count(key, 1);
            Node value = Value(depth + 1);
            if (!lines.TryAdd(key.Value, Line(key)))
            {
                _problems.Add(new ConfigProblem(
                    ScalarNode.Shorten(key.Value), Line(key), $"the key is given twice; it stands on line {lines[key.Value]} already"));
                continue;
            }

            mapping.Entries.Add(new MappingEntry(key.Value, value, Line(key)));
        }

        return mapping;
    }

    private Node Alias(AnchorAlias alias)
    {
        if (!_anchors.TryGetValue(alias.Value.Value, out Node? node))
        {
            throw Refuse(alias, $"alias *{ScalarNode.Shorten(alias.Value.Value)} names no anchor before it");
        }

        Count(alias, Size(node));
        return node;
    }

    private Node Named(AnchorName anchor, Node node)
    {
        if (!anchor.IsEmpty)
        {
            _anchors[anchor.Value] = node;
        }

        return node;
    }

    private void Count(ParsingEvent at, int values)
    {
        _values += values;
        if (_values > MaxValues)
        {
            throw Refuse(at, $"more than {MaxValues} values");
        }
    }

    /// <summary>Number of values; each was counted within <see cref="MaxValues"/>, so this ends soon.</summary>
    private static int Size(Node node) => node switch
    {
        SequenceNode sequence => 1 + sequence.Items.Sum(Size),
        MappingNode mapping => 1 + mapping.Entries.Sum(e => 1 + Size(e.Value)),
        _ => 1,
    };

    private static ScalarStyle Style(Scalar scalar) =>
        scalar is { Style: ScalarStyle.Plain, Tag.IsEmpty: false } && scalar.Tag.Value == "tag:yaml.org,2002:str"
            ? ScalarStyle.DoubleQuoted
            : scalar.Style;

    private static int Line(ParsingEvent at) => (int)at.Start.Line;

    private static YamlException Refuse(ParsingEvent at, string problem) => new(at.Start, at.End, problem);
}
