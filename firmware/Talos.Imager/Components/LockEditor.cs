using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Talos.Imager.Components;

/// <summary>Changes values in the text of a lock and leaves everything else, comments too, as it is.</summary>
internal static class LockEditor
{
    private static readonly LockYaml Yaml = new("components.lock");

    /// <summary>Puts new versions and checksums into <paramref name="text"/>.</summary>
    /// <param name="text">The lock.</param>
    /// <param name="states">New states by component name.</param>
    public static string SetPackages(string text, IReadOnlyDictionary<string, PackageState> states)
    {
        List<Edit> edits = [];
        foreach (YamlMappingNode map in Entries(text, "packages"))
        {
            string name = Yaml.RequiredText(map, "name");
            if (!states.TryGetValue(name, out PackageState? state))
            {
                continue;
            }

            edits.Add(Edit.Of(Yaml.Required(map, "version"), state.Version));
            edits.Add(Edit.Of(Yaml.Required(map, "sha256"), state.Sha256));
            if (LockYaml.Find(map, "package") is not null || state.Package != name)
            {
                edits.Add(Set(text, map, "package", state.Package));
            }

            if (state.Path.Length > 0)
            {
                edits.Add(Set(text, map, "path", state.Path));
            }

            if (state.Replaces.Length > 0)
            {
                edits.Add(Set(text, map, "replaces", state.Replaces));
            }
        }

        return Apply(text, edits);
    }

    /// <summary>Puts another state of a source package into <paramref name="text"/>.</summary>
    public static string SetSource(string text, LockedSource source)
    {
        YamlMappingNode map = Entries(text, "sources").Single(m => Yaml.RequiredText(m, "name") == source.Name);
        YamlMappingNode files = Yaml.Mapping(Yaml.Required(map, "files"));
        string separator = files.Style == MappingStyle.Flow ? ", " : "\n" + new string(' ', (int)files.Children.First().Key.Start.Column - 1);
        string list = string.Join(separator, source.Files.Select(f => $"{f.Key}: {f.Value}"));
        List<Edit> edits =
        [
            Edit.Of(Yaml.Required(map, "version"), source.Version),
            new Edit((int)files.Children.First().Key.Start.Index, (int)files.Children.Last().Value.End.Index, list),
        ];
        if (source.Replaces.Length > 0)
        {
            edits.Add(Set(text, map, "replaces", source.Replaces, after: "version"));
        }

        return Apply(text, edits);
    }

    /// <summary>Puts another rule in the place of one, or takes it out.</summary>
    /// <param name="text">The lock.</param>
    /// <param name="name">Component that has the rule.</param>
    /// <param name="rule">The rule there is.</param>
    /// <param name="other">What stands there instead; null: nothing.</param>
    public static string SetRule(string text, string name, FileRule rule, FileRule? other)
    {
        YamlMappingNode map = Entries(text, "packages").Single(m => Yaml.RequiredText(m, "name") == name);
        YamlNode list = Yaml.Required(map, "root");
        YamlNode node = Yaml.Sequence(list).Single(n => FileRule.Parse(Yaml.Text(n)) == rule);
        if (other is not null)
        {
            return Apply(text, [Edit.Of(node, other.ToString())]);
        }

        if (Yaml.Sequence(list).Count() == 1)
        {
            // The key goes with its last rule: up to the end of the line of that rule.
            YamlNode key = map.Children.Keys.Single(k => k is YamlScalarNode { Value: "root" });
            return Apply(text, [new Edit(LineStart(text, (int)key.Start.Index), LineEnd(text, (int)node.End.Index), "")]);
        }

        if (((YamlSequenceNode)list).Style != SequenceStyle.Flow)
        {
            return Apply(text, [new Edit(LineStart(text, (int)node.Start.Index), LineEnd(text, (int)node.End.Index), "")]);
        }

        YamlNode[] rules = [.. Yaml.Sequence(list)];
        int index = Array.IndexOf(rules, node);
        return Apply(text,
        [
            index == 0
                ? new Edit((int)node.Start.Index, (int)rules[1].Start.Index, "")
                : new Edit((int)rules[index - 1].End.Index, (int)node.End.Index, ""),
        ]);
    }

    /// <summary>Adds a package before the entry of another one.</summary>
    public static string AddPackage(string text, string before, LockedPackage package)
    {
        YamlMappingNode map = Entries(text, "packages").Single(m => Yaml.RequiredText(m, "name") == before);
        int index = LineStart(text, (int)map.Start.Index);
        string indent = new(' ', (int)map.Start.Column - 1);
        List<string> lines =
        [
            $"name: {package.Name}", $"package: {package.Package}", $"version: {package.Version}", $"suite: {package.Suite}", $"component: {package.Component}",
            $"architecture: {package.Architecture}", $"sha256: {package.Sha256}", $"licence: {package.Licence}", $"group: {package.Group}",
        ];
        if (package.Path.Length > 0)
        {
            lines.Add($"path: {package.Path}");
        }

        if (package.Replaces.Length > 0)
        {
            lines.Add($"replaces: {package.Replaces}");
        }

        lines.Add("root:");
        lines.AddRange(package.Root.Select(r => $"  - {r}"));
        string entry = string.Concat(lines.Select((l, i) => (i == 0 ? indent[..^2] + "- " : indent) + l + "\n"));
        return text[..index] + entry + text[index..];
    }

    /// <summary>Adds a rule to a package.</summary>
    public static string AddRule(string text, string name, FileRule rule)
    {
        YamlMappingNode map = Entries(text, "packages").Single(m => Yaml.RequiredText(m, "name") == name);
        if (LockYaml.Find(map, "root") is not { } list || !Yaml.Sequence(list).Any())
        {
            return Apply(text, [Set(text, map, "root", $"[{rule}]")]);
        }

        YamlNode last = Yaml.Sequence(list).Last();
        return ((YamlSequenceNode)list).Style == SequenceStyle.Flow
            ? Apply(text, [new Edit((int)last.End.Index, (int)last.End.Index, $", {rule}")])
            : Apply(text, [new Edit((int)last.End.Index, (int)last.End.Index, $"\n{new string(' ', (int)list.Start.Column - 1)}- {rule}")]);
    }

    /// <summary>Sets a value of the block <paramref name="block"/>, which is added at the end when it is missing.</summary>
    public static string SetValue(string text, string block, string key, string value)
    {
        if (LockYaml.Find(Yaml.Load(text), block) is not { } node)
        {
            return $"{text.TrimEnd('\n')}\n\n{block}:\n  {key}: {value}\n";
        }

        YamlMappingNode map = Yaml.Mapping(node);
        return Apply(text, [Set(text, map, key, value, Yaml.Text(map.Children.Last().Key))]);
    }

    /// <summary>Adds a version of upstream's kubelet as the first one, or replaces it.</summary>
    public static string SetUpstream(string text, string version, IReadOnlyDictionary<string, string> checksums)
    {
        YamlMappingNode upstream = Yaml.Mapping(Yaml.Required(Yaml.Mapping(Yaml.Required(Yaml.Load(text), "kubelet")), "upstream"));
        if (LockYaml.Find(upstream, version) is { } present)
        {
            YamlMappingNode map = Yaml.Mapping(present);
            List<Edit> known = [.. checksums.Where(c => LockYaml.Find(map, c.Key) is not null).Select(c => Edit.Of(LockYaml.Find(map, c.Key)!, c.Value))];
            return Insert(Apply(text, known), map, [.. checksums.Where(c => LockYaml.Find(map, c.Key) is null).Select(c => $"{c.Key}: {c.Value}")]);
        }

        return Insert(text, upstream, [$"{version}:", .. checksums.Select(c => $"  {c.Key}: {c.Value}")]);
    }

    // Before the first entry, so that comments above it stay with it.
    private static string Insert(string text, YamlMappingNode map, IReadOnlyList<string> lines)
    {
        YamlNode first = map.Children.First().Key;
        int index = (int)first.Start.Index;
        string indent = new(' ', (int)first.Start.Column - 1);
        return text[..index] + string.Concat(lines.Select(line => $"{line}\n{indent}")) + text[index..];
    }

    private static IEnumerable<YamlMappingNode> Entries(string text, string block) =>
        Yaml.Sequence(Yaml.Required(Yaml.Load(text), block)).Select(Yaml.Mapping);

    // A key that is not there is put on a line of its own behind another one.
    private static Edit Set(string text, YamlMappingNode map, string key, string value, string after = "sha256")
    {
        if (LockYaml.Find(map, key) is { } present)
        {
            return Edit.Of(present, value);
        }

        YamlNode neighbour = Yaml.Required(map, after);
        if (map.Style == MappingStyle.Flow)
        {
            return new Edit((int)neighbour.End.Index, (int)neighbour.End.Index, $", {key}: {value}");
        }

        int end = LineEnd(text, (int)neighbour.End.Index);
        string line = $"{new string(' ', (int)map.Children.First().Key.Start.Column - 1)}{key}: {value}\n";
        return new Edit(end, end, text[end - 1] == '\n' ? line : "\n" + line);
    }

    private static int LineStart(string text, int index) => index == 0 ? 0 : text.LastIndexOf('\n', index - 1) + 1;

    private static int LineEnd(string text, int index) => text.IndexOf('\n', index) is >= 0 and var end ? end + 1 : text.Length;

    private static string Apply(string text, List<Edit> edits)
    {
        // Later ones first; of several at one place the last comes first, so that they stand in their order.
        foreach (Edit edit in edits.Select((e, i) => (e, i)).OrderByDescending(e => e.e.Start).ThenByDescending(e => e.i).Select(e => e.e))
        {
            text = text[..edit.Start] + edit.Text + text[edit.End..];
        }

        return text;
    }

    private readonly record struct Edit(int Start, int End, string Text)
    {
        public static Edit Of(YamlNode node, string value) => new((int)node.Start.Index, (int)node.End.Index, value);
    }
}
