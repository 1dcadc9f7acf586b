using YamlDotNet.RepresentationModel;

namespace Talos.Imager.Components;

/// <summary>A newer state of one package, as the mirror has it.</summary>
internal sealed record PackageState(string Package, string Version, string Sha256);

/// <summary>Changes values in the text of a lock and leaves everything else, comments too, as it is.</summary>
internal static class LockEditor
{
    /// <summary>Puts new versions and checksums into <paramref name="text"/>.</summary>
    /// <param name="text">The lock.</param>
    /// <param name="states">New states by component name.</param>
    public static string SetPackages(string text, IReadOnlyDictionary<string, PackageState> states)
    {
        LockYaml yaml = new("components.lock");
        List<(YamlNode Node, string Value)> changes = [];
        foreach (YamlMappingNode map in yaml.Sequence(yaml.Required(yaml.Load(text), "packages")).Select(yaml.Mapping))
        {
            if (states.TryGetValue(yaml.RequiredText(map, "name"), out PackageState? state))
            {
                changes.Add((yaml.Required(map, "version"), state.Version));
                changes.Add((yaml.Required(map, "sha256"), state.Sha256));
                if (LockYaml.Find(map, "package") is { } package)
                {
                    changes.Add((package, state.Package));
                }
            }
        }

        return Replace(text, changes);
    }

    /// <summary>Adds a version of upstream's kubelet as the first one, or replaces it.</summary>
    public static string SetUpstream(string text, string version, IReadOnlyDictionary<string, string> checksums)
    {
        LockYaml yaml = new("components.lock");
        YamlMappingNode upstream = yaml.Mapping(yaml.Required(yaml.Mapping(yaml.Required(yaml.Load(text), "kubelet")), "upstream"));
        if (LockYaml.Find(upstream, version) is { } present)
        {
            return Replace(text, [.. checksums.Select(c => (yaml.Required(yaml.Mapping(present), c.Key), c.Value))]);
        }

        YamlNode first = upstream.Children.First().Key;
        int index = (int)first.Start.Index;
        string indent = new(' ', (int)first.Start.Column - 1);
        IEnumerable<string> lines = checksums.Select(c => $"{indent}  {c.Key}: {c.Value}\n");
        return text[..index] + $"{version}:\n{string.Concat(lines)}{indent}" + text[index..];
    }

    private static string Replace(string text, List<(YamlNode Node, string Value)> changes)
    {
        foreach ((YamlNode node, string value) in changes.OrderByDescending(c => c.Node.Start.Index))
        {
            text = text[..(int)node.Start.Index] + value + text[(int)node.End.Index..];
        }

        return text;
    }
}
