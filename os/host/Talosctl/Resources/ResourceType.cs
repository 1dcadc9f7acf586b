using System.Collections.Concurrent;
using Grpc.Core;
using Talos.Api.Cosi;
using Talosctl.Cli;
using Talosctl.Client;
using YamlDotNet.RepresentationModel;

namespace Talosctl.Resources;

/// <summary>A resource type as the node defines it.</summary>
internal sealed record ResourceType(string Name, string Namespace, IReadOnlyList<(string Name, string Path)> Columns)
{
    private static readonly ConcurrentDictionary<(string Node, string Alias), ResourceType> Known = new();

    /// <summary>Finds a type by its name or one of its aliases, without regard to case.</summary>
    /// <exception cref="TalosctlException">None or several match.</exception>
    public static async Task<ResourceType> ResolveAsync(NodeClient node, string alias, CancellationToken ct)
    {
        if (Known.TryGetValue((node.Name, alias), out ResourceType? known))
        {
            return known;
        }

        List<ResourceType> found = [];
        using AsyncServerStreamingCall<ListResponse> list = node.Resources.List(
            new ListRequest { Namespace = "meta", Type = "ResourceDefinitions.meta.cosi.dev" }, node.Headers, cancellationToken: ct);
        await foreach (ListResponse item in list.ResponseStream.ReadAllAsync(ct))
        {
            YamlMappingNode spec = YamlPath.Parse(item.Resource.Spec.YamlSpec) as YamlMappingNode ?? [];
            string name = YamlPath.Text(spec, "type");
            IEnumerable<string> names = [name, item.Resource.Metadata.Id, .. YamlPath.Texts(spec, "aliases"), .. YamlPath.Texts(spec, "allAliases")];
            if (names.Contains(alias, StringComparer.OrdinalIgnoreCase))
            {
                found.Add(new ResourceType(name, YamlPath.Text(spec, "defaultNamespace"), [.. ColumnsOf(spec)]));
            }
        }

        return found.Count switch
        {
            1 => Known[(node.Name, alias)] = found[0],
            0 => throw new TalosctlException($"resource type \"{alias}\" is not known: `talosctl get rd` lists the types"),
            _ => throw new TalosctlException($"resource type \"{alias}\" may be {string.Join(" or ", found.Select(f => f.Name))}: write one of them in full"),
        };
    }

    private static IEnumerable<(string, string)> ColumnsOf(YamlMappingNode spec) =>
        spec.Children.FirstOrDefault(c => c.Key is YamlScalarNode { Value: "printColumns" }).Value is YamlSequenceNode columns
            ? columns.OfType<YamlMappingNode>().Select(c => (YamlPath.Text(c, "name"), YamlPath.Text(c, "jsonPath")))
            : [];
}
