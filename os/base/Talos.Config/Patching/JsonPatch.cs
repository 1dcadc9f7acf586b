using System.Globalization;
using YamlDotNet.Core;

namespace Talos.Config;

/// <summary>Applies the operations of a JSON patch to the v1alpha1 document. Sources: RFC 6902, RFC 6901.</summary>
internal static class JsonPatch
{
    /// <summary>Applies the operations in order.</summary>
    public static void Apply(List<Node> documents, SequenceNode operations)
    {
        int index = documents.FindIndex(d => d is MappingNode m && DocumentSet.Identify(m).Kind.Length == 0);
        if (index < 0)
        {
            throw new ConfigException("a JSON patch needs a v1alpha1 document; patch other documents by merging");
        }

        for (int i = 0; i < operations.Items.Count; i++)
        {
            if (operations.Items[i] is not MappingNode operation)
            {
                throw Refuse(i, operations.Items[i].Line, "an operation must be a mapping with op and path");
            }

            documents[index] = ApplyOne(documents[index], operation, i);
        }
    }

    private static Node ApplyOne(Node root, MappingNode operation, int number)
    {
        string op = Text(operation, "op", number);
        string path = Text(operation, "path", number);
        switch (op)
        {
            case "add":
                return Add(root, path, Value(operation, number).Clone(), number, operation.Line);
            case "replace":
                return Replace(root, path, Value(operation, number).Clone(), number, operation.Line);
            case "remove":
                return Remove(root, path, number, operation.Line);
            case "copy":
                Node copied = Find(root, Text(operation, "from", number), number, operation.Line).Clone();
                return Add(root, path, copied, number, operation.Line);
            case "move":
                string from = Text(operation, "from", number);
                if (path.StartsWith(from + "/", StringComparison.Ordinal))
                {
                    throw Refuse(number, operation.Line, $"{from} cannot move into itself");
                }

                Node moved = Find(root, from, number, operation.Line);
                return Add(Remove(root, from, number, operation.Line), path, moved, number, operation.Line);
            case "test":
                if (NodeJson.Write(Find(root, path, number, operation.Line)) != NodeJson.Write(Value(operation, number)))
                {
                    throw Refuse(number, operation.Line, $"test of {path} failed: the value differs");
                }

                return root;
            default:
                throw Refuse(number, operation.Line, $"op '{ScalarNode.Shorten(op)}' is none of add, remove, replace, move, copy, test");
        }
    }

    private static Node Add(Node root, string path, Node value, int number, int line)
    {
        if (path.Length == 0)
        {
            return value;
        }

        (Node parent, string last) = Parent(root, path, number, line);
        switch (parent)
        {
            case MappingNode mapping:
                mapping.Set(last, value);
                break;
            case SequenceNode sequence:
                int index = last == "-" ? sequence.Items.Count : Index(last);
                if (index < 0 || index > sequence.Items.Count)
                {
                    throw Refuse(number, line, $"{path}: the list has {sequence.Items.Count} elements");
                }

                sequence.Items.Insert(index, value);
                break;
            default:
                throw Refuse(number, line, $"{path}: its parent is neither a mapping nor a list");
        }

        return root;
    }

    private static Node Replace(Node root, string path, Node value, int number, int line)
    {
        Find(root, path, number, line);
        if (path.Length == 0)
        {
            return value;
        }

        (Node parent, string last) = Parent(root, path, number, line);
        if (parent is MappingNode mapping)
        {
            mapping.Set(last, value);
        }
        else if (parent is SequenceNode sequence)
        {
            sequence.Items[Index(last)] = value;
        }

        return root;
    }

    private static Node Remove(Node root, string path, int number, int line)
    {
        if (path.Length == 0)
        {
            return new MappingNode();
        }

        Find(root, path, number, line);
        (Node parent, string last) = Parent(root, path, number, line);
        if (parent is MappingNode mapping)
        {
            mapping.Remove(last);
        }
        else if (parent is SequenceNode sequence)
        {
            sequence.Items.RemoveAt(Index(last));
        }

        return root;
    }

    private static Node Find(Node root, string path, int number, int line)
    {
        Node node = root;
        foreach (string part in Parts(path, number, line))
        {
            node = Child(node, part) ?? throw Refuse(number, line, $"{path} is not there");
        }

        return node;
    }

    private static (Node Parent, string Last) Parent(Node root, string path, int number, int line)
    {
        string[] parts = Parts(path, number, line);
        Node node = root;
        foreach (string part in parts[..^1])
        {
            node = Child(node, part) ?? throw Refuse(number, line, $"{path}: the parent is not there");
        }

        return (node, parts[^1]);
    }

    private static Node? Child(Node node, string part) => node switch
    {
        MappingNode mapping => mapping.Find(part),
        SequenceNode sequence when Index(part) is int index and >= 0 && index < sequence.Items.Count => sequence.Items[index],
        _ => null,
    };

    private static string[] Parts(string path, int number, int line)
    {
        if (path.Length == 0)
        {
            return [];
        }

        if (path[0] != '/')
        {
            throw Refuse(number, line, $"path '{ScalarNode.Shorten(path)}' does not start with /");
        }

        return [.. path[1..].Split('/').Select(
            p => p.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];
    }

    private static int Index(string part) =>
        part is "0" || (part.Length > 0 && part[0] != '0')
            ? int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int index) ? index : -1
            : -1;

    private static string Text(MappingNode operation, string key, int number) =>
        operation.Find(key) is ScalarNode scalar ? scalar.Text : throw Refuse(number, operation.Line, $"'{key}' is missing");

    private static Node Value(MappingNode operation, int number)
    {
        Node value = operation.Find("value") ?? throw Refuse(number, operation.Line, "'value' is missing");
        return Unquoted(value);
    }

    /// <summary>JSON quotes every text; in YAML plain ones read better and mean the same when nothing else could be meant.</summary>
    private static Node Unquoted(Node value)
    {
        switch (value)
        {
            case MappingNode mapping:
                MappingNode copy = new(mapping.Line);
                copy.Entries.AddRange(mapping.Entries.Select(e => e with { Value = Unquoted(e.Value) }));
                return copy;
            case SequenceNode sequence:
                SequenceNode list = new(sequence.Line);
                list.Items.AddRange(sequence.Items.Select(Unquoted));
                return list;
            case ScalarNode { Style: ScalarStyle.DoubleQuoted } scalar when ScalarText.IsPlain(scalar.Text):
                return new ScalarNode(scalar.Text, ScalarStyle.Any, scalar.Line);
            default:
                return value;
        }
    }

    private static ConfigException Refuse(int number, int line, string message) =>
        new([new ConfigProblem($"operation {number + 1}", line, message)]);
}
