using System.Net;
using System.Text;
using Talos.Pki;

namespace Talos.Config;

/// <summary>Reads values out of a mapping that the schema has accepted; absent ones give the default.</summary>
internal readonly struct View(MappingNode? node)
{
    public MappingNode? Node { get; } = node;

    public bool IsPresent => Node is not null;

    public View Map(string key) => new(Find(key) as MappingNode);

    public bool Has(string key) => Find(key) is not null;

    public int Line(string key) => Find(key)?.Line ?? Node?.Line ?? 0;

    public string Text(string key, string otherwise = "") => (Find(key) as ScalarNode)?.Text ?? otherwise;

    public Secret Secret(string key) => new(Text(key));

    public bool? Flag(string key) => (Find(key) as ScalarNode)?.Boolean;

    public bool Flag(string key, bool otherwise) => Flag(key) ?? otherwise;

    public long? Number(string key) => Find(key) is ScalarNode scalar ? ScalarRules.Integer(scalar.Text) : null;

    public TimeSpan? Duration(string key) =>
        Find(key) is ScalarNode scalar && Durations.TryParse(scalar.Text, out TimeSpan duration) ? duration : null;

    public long Size(string key) => Find(key) is ScalarNode scalar && Sizes.TryParse(scalar.Text, out long bytes) ? bytes : 0;

    public Uri? Url(string key) => Find(key) is ScalarNode scalar && scalar.Text.Length > 0 ? new Uri(scalar.Text) : null;

    public IPAddress? Address(string key) =>
        Find(key) is ScalarNode scalar && ScalarRules.TryAddress(scalar.Text, out IPAddress address) ? address : null;

    public string? Json(string key) => Find(key) is Node value ? NodeJson.Write(value) : null;

    /// <summary>PEM text out of base64; empty when absent.</summary>
    public string Pem(string key) =>
        Find(key) is ScalarNode { Text.Length: > 0 } scalar ? Encoding.Latin1.GetString(Convert.FromBase64String(scalar.Text)) : "";

    public CertificateAndKey? Pair(string key)
    {
        View pair = Map(key);
        return pair.Pem("crt") is { Length: > 0 } certificate ? new CertificateAndKey(certificate, new Secret(pair.Pem("key"))) : null;
    }

    /// <summary>The texts of a list; a single value is a list of one.</summary>
    public IReadOnlyList<string> Texts(string key) => Texts(Find(key));

    public IReadOnlyList<View> Maps(string key) =>
        Find(key) is SequenceNode list ? [.. list.Items.OfType<MappingNode>().Select(m => new View(m))] : [];

    public IReadOnlyDictionary<string, string> TextMap(string key) =>
        Entries(key).ToDictionary(e => e.Key, e => (e.Value as ScalarNode)?.Text ?? "", StringComparer.Ordinal);

    public IReadOnlyDictionary<string, IReadOnlyList<string>> TextsMap(string key) =>
        Entries(key).ToDictionary(e => e.Key, e => Texts(e.Value), StringComparer.Ordinal);

    public IReadOnlyList<MappingEntry> Entries(string key) => Map(key).Node?.Entries ?? [];

    private static IReadOnlyList<string> Texts(Node? node) => node switch
    {
        SequenceNode list => [.. list.Items.OfType<ScalarNode>().Select(s => s.Text)],
        ScalarNode scalar => [scalar.Text],
        _ => [],
    };

    private Node? Find(string key) => Node?.Find(key) is Node value and not ScalarNode { IsNull: true } ? value : null;
}
