using System.CommandLine;
using Talosctl.Cli;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Talosctl.Fleet;

/// <summary>A hub and how to show who one is.</summary>
/// <param name="Hub">Its address; https.</param>
/// <param name="Authority">File with the CA of its certificate in PEM; null for those this machine trusts.</param>
/// <param name="Certificate">File with a client certificate and its key in PEM; null for none.</param>
/// <param name="Token">A bearer token of the OIDC provider; null for none.</param>
internal sealed record FleetTarget(Uri Hub, string? Authority, string? Certificate, string? Token)
{
    private const string Example = "use --hub URL, set TALOS_HUB, or name it in the fleet configuration";

    /// <summary>Finds the hub: flags, then variables, then the context of the configuration file.</summary>
    /// <exception cref="TalosctlException">No hub is named, or what names it makes no sense.</exception>
    public static FleetTarget Find(Host host, ParseResult parsed)
    {
        string path = parsed.GetValue(FleetOptions.Config) ?? host.Variable("TALOS_FLEET_CONFIG") ?? Path.Combine(host.Home, ".talos", "fleet.yaml");
        bool asked = parsed.GetValue(FleetOptions.Config) is not null || host.Variable("TALOS_FLEET_CONFIG") is not null;
        IReadOnlyDictionary<string, string> context = asked || File.Exists(path) ? ReadContext(path, parsed.GetValue(GlobalOptions.Context)) : new Dictionary<string, string>();

        string? Value(Option<string?> flag, string variable, string key) => parsed.GetValue(flag) ?? host.Variable(variable) ?? context.GetValueOrDefault(key);
        string? InFile(Option<string?> flag, string variable, string key) =>
            parsed.GetValue(flag) ?? host.Variable(variable) ?? (context.GetValueOrDefault(key) is { } file ? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, file) : null);

        string hub = Value(FleetOptions.Hub, "TALOS_HUB", "hub") ?? throw new TalosctlException($"no hub is named: {Example} ({path})");
        string full = hub.Contains("://", StringComparison.Ordinal) ? hub : $"https://{hub}";
        return Uri.TryCreate(full, UriKind.Absolute, out Uri? url) && url.Scheme == Uri.UriSchemeHttps && url.Host.Length > 0
            ? new FleetTarget(url, InFile(FleetOptions.Ca, "TALOS_HUB_CA", "ca"), InFile(FleetOptions.Certificate, "TALOS_HUB_CERTIFICATE", "certificate"), Value(FleetOptions.Token, "TALOS_HUB_TOKEN", "token"))
            : throw new TalosctlException($"hub {hub}: is no https address such as https://hub.example:8443");
    }

    private static Dictionary<string, string> ReadContext(string path, string? wanted)
    {
        YamlMappingNode root = Root(path);
        string name = wanted ?? (Find(root, "context") as YamlScalarNode)?.Value ?? throw new TalosctlException($"{path}: context: which one is used is not said; use --context");
        YamlMappingNode contexts = Find(root, "contexts") as YamlMappingNode ?? throw new TalosctlException($"{path}: contexts: a mapping is wanted");
        YamlMappingNode context = Find(contexts, name) as YamlMappingNode
            ?? throw new TalosctlException($"{path}: there is no context {name}; there are: {string.Join(", ", contexts.Children.Keys.OfType<YamlScalarNode>().Select(k => k.Value))}");
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        foreach ((YamlNode key, YamlNode value) in context.Children)
        {
            if ((key as YamlScalarNode)?.Value is not ("hub" or "ca" or "certificate" or "token") || value is not YamlScalarNode { Value: { Length: > 0 } text })
            {
                throw new TalosctlException($"{path}: line {key.Start.Line}: contexts.{name}.{key}: only hub, ca, certificate and token are known, each with a text");
            }

            values[((YamlScalarNode)key).Value!] = text;
        }

        return values;
    }

    private static YamlMappingNode Root(string path)
    {
        try
        {
            YamlStream stream = [];
            stream.Load(new StringReader(File.ReadAllText(path)));
            return stream.Documents is [{ RootNode: YamlMappingNode root }, ..] ? root : throw new TalosctlException($"{path}: a mapping with context and contexts is wanted");
        }
        catch (YamlException e)
        {
            throw new TalosctlException($"{path}: line {e.Start.Line}: {e.Message}");
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // The parser's own slip, without a line, on brackets inside unquoted texts.
            throw new TalosctlException($"{path}: not valid YAML: a bracket in an unquoted text, or what follows breaks off");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TalosctlException($"fleet configuration {path}: {e.Message}");
        }
    }

    private static YamlNode? Find(YamlMappingNode node, string key) => node.Children.FirstOrDefault(c => c.Key is YamlScalarNode { Value: { } name } && name == key).Value;
}
