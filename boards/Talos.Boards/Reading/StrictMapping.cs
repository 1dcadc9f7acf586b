using System.Diagnostics.CodeAnalysis;
using YamlDotNet.RepresentationModel;

namespace Talos.Boards.Reading;

/// <summary>A YAML mapping read strictly: known keys only, every value of the wanted kind and not empty.</summary>
internal sealed class StrictMapping
{
    private readonly Dictionary<string, YamlNode> _values = [];
    private readonly YamlNode _node;

    public StrictMapping(YamlNode node, string file, string path, IReadOnlyList<string> keys)
    {
        _node = node;
        File = file;
        Path = path;

        if (node is not YamlMappingNode mapping)
        {
            throw Error(node, path, "not a mapping");
        }

        foreach ((YamlNode key, YamlNode value) in mapping.Children)
        {
            string name = (key as YamlScalarNode)?.Value ?? "";
            if (!keys.Contains(name))
            {
                string? near = keys.FirstOrDefault(k => Spelling.IsNear(k, name));
                throw Error(key, Child(name), near is null ? $"unknown key; known are {string.Join(", ", keys)}" : $"unknown key; did you mean {near}?");
            }

            if (value is YamlScalarNode { Value: null or "" })
            {
                throw Error(value, Child(name), "empty value; leave the key out instead");
            }

            _values[name] = value;
        }
    }

    public string File { get; }

    public string Path { get; }

    public int Line => (int)_node.Start.Line;

    public bool Has(string key) => _values.ContainsKey(key);

    public string Text(string key) => OptionalText(key) ?? throw Error(_node, Child(key), "missing");

    public string? OptionalText(string key) => _values.TryGetValue(key, out YamlNode? node) ? Scalar(node, Child(key)) : null;

    /// <summary>A list of texts, or the empty list when the key is absent.</summary>
    public IReadOnlyList<string> Texts(string key) => [.. Items(key).Select(item => Scalar(item.Node, item.Path))];

    public ByteSize? OptionalSize(string key)
    {
        if (OptionalText(key) is not { } text)
        {
            return null;
        }

        if (!ByteSize.TryParse(text, out ByteSize size))
        {
            throw ErrorAt(key, $"\"{text}\" is not a size; sizes are written 512B, 32KiB, 10MiB, 2GiB");
        }

        return size.IsWholeSectors ? size : throw ErrorAt(key, $"{text} is not a multiple of 512 bytes");
    }

    public ByteSize Size(string key) => OptionalSize(key) ?? throw Error(_node, Child(key), "missing");

    public StrictMapping? OptionalMapping(string key, IReadOnlyList<string> keys) =>
        _values.TryGetValue(key, out YamlNode? node) ? new StrictMapping(node, File, Child(key), keys) : null;

    public StrictMapping Mapping(string key, IReadOnlyList<string> keys) =>
        OptionalMapping(key, keys) ?? throw Error(_node, Child(key), "missing");

    public IEnumerable<StrictMapping> Mappings(string key, IReadOnlyList<string> keys) =>
        Items(key).Select(item => new StrictMapping(item.Node, File, item.Path, keys));

    /// <summary>An error at the value of <paramref name="key"/>, or at the mapping when the key is absent.</summary>
    public BoardException ErrorAt(string key, string problem) =>
        Error(_values.GetValueOrDefault(key, _node), Child(key), problem);

    [SuppressMessage("Design", "CA1859", Justification = "Both kinds of node occur.")]
    private BoardException Error(YamlNode node, string path, string problem) => new(File, (int)node.Start.Line, path, problem);

    private string Child(string key) => Path.Length == 0 ? key : $"{Path}.{key}";

    private IEnumerable<(YamlNode Node, string Path)> Items(string key)
    {
        if (!_values.TryGetValue(key, out YamlNode? node))
        {
            return [];
        }

        return node is YamlSequenceNode list
            ? list.Select((item, i) => (item, $"{Child(key)}[{i}]"))
            : throw Error(node, Child(key), "not a list");
    }

    private string Scalar(YamlNode node, string path) => node is YamlScalarNode { Value: { Length: > 0 } text }
        ? text
        : throw Error(node, path, "not a text");
}
