using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Talos.Imager.Components;

/// <summary>Strict access to YAML nodes: whatever is missing, unknown or of the wrong kind is refused with its line.</summary>
internal sealed class LockYaml(string file)
{
    public YamlMappingNode Load(string text)
    {
        try
        {
            YamlStream stream = [];
            stream.Load(new StringReader(text));
            return stream.Documents.Count == 1
                ? Mapping(stream.Documents[0].RootNode)
                : throw new ImagerException($"{file}: {stream.Documents.Count} documents; one is expected");
        }
        catch (YamlException e)
        {
            throw new ImagerException($"{file}:{e.Start.Line}: {e.Message}", e);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // The parser's own slip, without a line, on brackets inside unquoted texts; fuzzing found it.
            throw new ImagerException($"{file}: not valid YAML: a bracket in an unquoted text, or what follows breaks off", e);
        }
    }

    public ImagerException Error(YamlNode node, string problem) => new($"{file}:{node.Start.Line}: {problem}");

    public YamlMappingNode Mapping(YamlNode node) => node as YamlMappingNode ?? throw Error(node, "a mapping is expected");

    public IEnumerable<YamlNode> Sequence(YamlNode node) => node as YamlSequenceNode ?? throw Error(node, "a list is expected");

    public string Text(YamlNode node) => node is YamlScalarNode { Value: { Length: > 0 } value }
        ? value
        : throw Error(node, "a text is expected");

    public IEnumerable<(string Key, YamlNode Value)> Entries(YamlNode node) =>
        Mapping(node).Children.Select(c => (Text(c.Key), c.Value));

    public IReadOnlyDictionary<string, string> Texts(YamlNode node) =>
        Entries(node).ToDictionary(e => e.Key, e => Text(e.Value), StringComparer.Ordinal);

    public YamlNode Required(YamlMappingNode node, string key) => Find(node, key) ?? throw Error(node, $"{key} is missing");

    public string RequiredText(YamlMappingNode node, string key) => Text(Required(node, key));

    public string OptionalText(YamlMappingNode node, string key, string absent) => Find(node, key) is { } value ? Text(value) : absent;

    public static YamlNode? Find(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? value) ? value : null;

    public void Allow(YamlMappingNode node, params ReadOnlySpan<string> keys)
    {
        foreach ((string key, YamlNode value) in Entries(node))
        {
            if (!keys.Contains(key))
            {
                throw Error(value, $"unknown key {key}");
            }
        }
    }

    public Checksum Checksum(YamlNode node) => Components.Checksum.TryParse(Text(node))
        ?? throw Error(node, $"{Text(node)} is neither a SHA-256 nor a SHA-512: 64 or 128 lowercase hex digits are expected");

    public Checksum Sha512(YamlNode node) => Components.Checksum.TryParse(Text(node)) is { Hex.Length: 128 } checksum
        ? checksum
        : throw Error(node, $"{Text(node)} is no SHA-512: 128 lowercase hex digits are expected");

    public string Sha256(YamlNode node)
    {
        string value = Text(node);
        return value.Length == 64 && value.All(char.IsAsciiHexDigitLower)
            ? value
            : throw Error(node, $"{value} is no SHA-256: 64 lowercase hex digits are expected");
    }
}
