using System.Globalization;
using System.Text;
using Talosctl.Cli;
using YamlDotNet.RepresentationModel;
using Resource = Talos.Api.Cosi.Resource;

namespace Talosctl.Resources;

/// <summary>Prints resources in one of the forms a user may ask for.</summary>
internal abstract class ResourcePrinter(TextWriter writer)
{
    protected TextWriter Writer { get; } = writer;

    /// <exception cref="TalosctlException">The form is not known.</exception>
    public static ResourcePrinter Create(string form, TextWriter writer, bool watching) => form switch
    {
        "table" => new TableForm(writer, watching),
        "yaml" => new YamlForm(writer),
        "json" => new JsonForm(writer),
        _ when form.StartsWith("jsonpath=", StringComparison.Ordinal) => new PathForm(writer, form["jsonpath=".Length..]),
        _ => throw new TalosctlException($"--output {form}: one of table, json, yaml, jsonpath=PATH is wanted"),
    };

    /// <param name="node">As the user named it.</param>
    /// <param name="type">Its type.</param>
    /// <param name="resource">What to print.</param>
    /// <param name="change">Null when listed; while watching: + for created, - for destroyed, empty for updated.</param>
    public abstract void Print(string node, ResourceType type, Resource resource, string? change);

    public virtual void Finish()
    {
    }

    /// <summary>Metadata and spec as one YAML document.</summary>
    protected static string Document(string node, Resource resource)
    {
        StringBuilder text = new();
        Talos.Api.Cosi.Metadata m = resource.Metadata;
        text.Append(CultureInfo.InvariantCulture, $"node: {node}\nmetadata:\n    namespace: {m.Namespace}\n    type: {m.Type}\n    id: {Quoted(m.Id)}\n");
        text.Append(CultureInfo.InvariantCulture, $"    version: {m.Version}\n    owner: {m.Owner}\n    phase: {m.Phase}\n");
        text.Append(CultureInfo.InvariantCulture, $"    created: {Moment(m.Created)}\n    updated: {Moment(m.Updated)}\n");
        Map(text, "labels", m.Labels);
        Map(text, "annotations", m.Annotations);
        if (m.Finalizers.Count > 0)
        {
            text.Append("    finalizers:\n").AppendJoin("", m.Finalizers.Select(f => $"        - {Quoted(f)}\n"));
        }

        string spec = resource.Spec?.YamlSpec.TrimEnd('\n') ?? "";
        bool inline = spec.Length == 0 || (!spec.Contains('\n', StringComparison.Ordinal) && !spec.Contains(": ", StringComparison.Ordinal) && !spec.EndsWith(':') && !spec.StartsWith("- ", StringComparison.Ordinal))
            || spec[0] is '|' or '>';
        text.Append("spec:").Append(inline ? " " + spec.Replace("\n", "\n    ", StringComparison.Ordinal) : "\n    " + spec.Replace("\n", "\n    ", StringComparison.Ordinal)).Append('\n');
        return text.ToString();
    }

    private static void Map(StringBuilder text, string name, IEnumerable<KeyValuePair<string, string>> entries)
    {
        string lines = string.Concat(entries.Select(e => $"        {Quoted(e.Key)}: {Quoted(e.Value)}\n"));
        text.Append(lines.Length == 0 ? "" : $"    {name}:\n{lines}");
    }

    private static string Moment(Google.Protobuf.WellKnownTypes.Timestamp? time) =>
        time?.ToDateTimeOffset().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) ?? "";

    private static string Quoted(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/') && !double.TryParse(text, CultureInfo.InvariantCulture, out _)
            ? text
            : $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private sealed class TableForm(TextWriter writer, bool watching) : ResourcePrinter(writer)
    {
        private Table? _table;

        public override void Print(string node, ResourceType type, Resource resource, string? change)
        {
            YamlNode spec = YamlPath.Parse(resource.Spec?.YamlSpec ?? "");
            string[] cells = [node, resource.Metadata.Namespace, Kind(type), resource.Metadata.Id, resource.Metadata.Version, .. type.Columns.Select(c => YamlPath.Show(YamlPath.Find(spec, c.Path)))];
            if (watching)
            {
                Writer.WriteLine($"{change,-2}{string.Join("   ", cells)}");
                return;
            }

            _table ??= new Table(["NODE", "NAMESPACE", "TYPE", "ID", "VERSION", .. type.Columns.Select(c => c.Name.ToUpperInvariant())]);
            _table.Add(cells);
        }

        public override void Finish() => _table?.WriteTo(Writer);

        private static string Kind(ResourceType type)
        {
            string plural = type.Name.Split('.')[0];
            return plural.EndsWith("sses", StringComparison.Ordinal) || plural.EndsWith("uses", StringComparison.Ordinal) ? plural[..^2]
                : plural.EndsWith("ies", StringComparison.Ordinal) ? plural[..^3] + "y"
                : plural.TrimEnd('s');
        }
    }

    private sealed class YamlForm(TextWriter writer) : ResourcePrinter(writer)
    {
        private bool _several;

        public override void Print(string node, ResourceType type, Resource resource, string? change)
        {
            Writer.Write((_several ? "---\n" : "") + Document(node, resource));
            _several = true;
        }
    }

    private sealed class JsonForm(TextWriter writer) : ResourcePrinter(writer)
    {
        public override void Print(string node, ResourceType type, Resource resource, string? change) =>
            Writer.WriteLine(YamlPath.Json(YamlPath.Parse(Document(node, resource)), indented: true));
    }

    private sealed class PathForm(TextWriter writer, string path) : ResourcePrinter(writer)
    {
        public override void Print(string node, ResourceType type, Resource resource, string? change) =>
            Writer.WriteLine(YamlPath.Show(YamlPath.Find(YamlPath.Parse(Document(node, resource)), path)));
    }
}
