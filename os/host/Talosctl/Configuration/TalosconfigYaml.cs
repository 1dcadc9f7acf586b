using Talos.Config;
using Talosctl.Cli;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Talosctl.Configuration;

/// <summary>The YAML form of a client configuration, as upstream's talosctl writes it.</summary>
internal static class TalosconfigYaml
{
    private static readonly string[] Known = ["endpoints", "nodes", "ca", "crt", "key", "cluster", "proxy-url"];

    public static Talosconfig Read(string text, string path)
    {
        YamlStream stream = [];
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (Exception e) when (YamlFault.IsParsers(e))
        {
            YamlFault fault = YamlFault.Find(text, e);
            throw new TalosctlException($"{path}: line {fault.Line}: not valid YAML: {fault.Message}");
        }

        if (stream.Documents.Count == 0)
        {
            return new Talosconfig();
        }

        YamlMappingNode root = Mapping(stream.Documents[0].RootNode, path, "the document");
        SortedDictionary<string, TalosconfigContext> contexts = new(StringComparer.Ordinal);
        if (Find(root, "contexts") is { } list && list is not YamlScalarNode { Value: "" or null or "{}" })
        {
            foreach ((YamlNode key, YamlNode value) in Mapping(list, path, "contexts").Children)
            {
                string name = Scalar(key) ?? "";
                contexts[name] = Context(Mapping(value, path, $"contexts.{name}"), path, name);
            }
        }

        return new Talosconfig { Context = Scalar(Find(root, "context")) ?? "", Contexts = contexts };
    }

    public static string Write(Talosconfig config)
    {
        YamlMappingNode contexts = [];
        foreach ((string name, TalosconfigContext context) in config.Contexts)
        {
            YamlMappingNode node = new() { { "endpoints", List(context.Endpoints) } };
            if (context.Nodes.Count > 0)
            {
                node.Add("nodes", List(context.Nodes));
            }

            Add(node, "ca", context.Ca);
            Add(node, "crt", context.Crt);
            Add(node, "key", context.Key);
            Add(node, "cluster", context.Cluster);
            Add(node, "proxy-url", context.ProxyUrl);
            foreach ((string key, YamlNode value) in context.Others)
            {
                node.Add(key, value);
            }

            contexts.Add(name, node);
        }

        YamlMappingNode root = new() { { "context", new YamlScalarNode(config.Context) }, { "contexts", contexts } };
        using StringWriter writer = new() { NewLine = "\n" };
        new YamlStream(new YamlDocument(root)).Save(new Emitter(writer, new EmitterSettings(2, int.MaxValue, false, 1024)), assignAnchors: false);
        return writer.ToString().Replace("...\n", "", StringComparison.Ordinal);
    }

    private static TalosconfigContext Context(YamlMappingNode node, string path, string name) => new()
    {
        Endpoints = Strings(Find(node, "endpoints"), path, $"contexts.{name}.endpoints"),
        Nodes = Strings(Find(node, "nodes"), path, $"contexts.{name}.nodes"),
        Ca = Scalar(Find(node, "ca")),
        Crt = Scalar(Find(node, "crt")),
        Key = Scalar(Find(node, "key")),
        Cluster = Scalar(Find(node, "cluster")),
        ProxyUrl = Scalar(Find(node, "proxy-url")),
        Others =
        [
            .. node.Children
                .Where(c => c.Key is YamlScalarNode { Value: string key } && !Known.Contains(key))
                .Select(c => KeyValuePair.Create(((YamlScalarNode)c.Key).Value!, c.Value)),
        ],
    };

    private static YamlNode? Find(YamlMappingNode node, string key) =>
        node.Children.FirstOrDefault(c => c.Key is YamlScalarNode { Value: { } name } && name == key).Value;

    private static string? Scalar(YamlNode? node) => node is YamlScalarNode { Value: { Length: > 0 } value } ? value : null;

    private static IReadOnlyList<string> Strings(YamlNode? node, string path, string field) => node switch
    {
        null or YamlScalarNode { Value: null or "" or "null" or "~" } => [],
        YamlSequenceNode list => [.. list.Children.Select(c => Scalar(c) ?? throw new TalosctlException($"{path}: line {c.Start.Line}: {field}: a text is wanted"))],
        _ => throw new TalosctlException($"{path}: line {node.Start.Line}: {field}: a list is wanted"),
    };

    private static YamlMappingNode Mapping(YamlNode node, string path, string field) =>
        node as YamlMappingNode ?? throw new TalosctlException($"{path}: line {node.Start.Line}: {field}: a mapping is wanted");

    private static YamlSequenceNode List(IReadOnlyList<string> values)
    {
        YamlSequenceNode list = new(values.Select(v => new YamlScalarNode(v)));
        if (values.Count == 0)
        {
            list.Style = YamlDotNet.Core.Events.SequenceStyle.Flow;
        }

        return list;
    }

    private static void Add(YamlMappingNode node, string key, string? value)
    {
        if (value is not null)
        {
            node.Add(key, new YamlScalarNode(value));
        }
    }
}
