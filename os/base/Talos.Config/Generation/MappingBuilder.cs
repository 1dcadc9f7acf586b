using YamlDotNet.Core;

namespace Talos.Config;

/// <summary>Builds a mapping entry by entry; absent and empty values leave no trace.</summary>
internal sealed class MappingBuilder
{
    private readonly MappingNode _node = new();

    /// <summary>The mapping as it stands.</summary>
    public MappingNode Node => _node;

    /// <summary>Adds a text; nothing when it is empty.</summary>
    public MappingBuilder Text(string key, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            _node.Set(key, Scalar(text));
        }

        return this;
    }

    /// <summary>Adds a boolean.</summary>
    public MappingBuilder Flag(string key, bool value)
    {
        _node.Set(key, new ScalarNode(value ? "true" : "false", ScalarStyle.Plain));
        return this;
    }

    /// <summary>Adds a number.</summary>
    public MappingBuilder Number(string key, int value)
    {
        _node.Set(key, new ScalarNode(value.ToString(System.Globalization.CultureInfo.InvariantCulture), ScalarStyle.Plain));
        return this;
    }

    /// <summary>Adds a list of texts; nothing when it is empty, unless <paramref name="keep"/> says so.</summary>
    public MappingBuilder Texts(string key, IEnumerable<string> texts, bool keep = false)
    {
        SequenceNode list = new();
        list.Items.AddRange(texts.Select(Scalar));
        if (list.Items.Count > 0 || keep)
        {
            _node.Set(key, list);
        }

        return this;
    }

    /// <summary>Adds a mapping; nothing when it is empty, unless <paramref name="keep"/> says so.</summary>
    public MappingBuilder Map(string key, Action<MappingBuilder> fill, bool keep = false)
    {
        MappingBuilder inner = new();
        fill(inner);
        if (inner.Node.Entries.Count > 0 || keep)
        {
            _node.Set(key, inner.Node);
        }

        return this;
    }

    private static ScalarNode Scalar(string text)
    {
        ScalarStyle style = text.Contains('\n', StringComparison.Ordinal) ? ScalarStyle.Literal : ScalarStyle.DoubleQuoted;
        return new ScalarNode(text, ScalarText.IsPlain(text) || IsAddress(text) ? ScalarStyle.Plain : style);
    }

    /// <summary>Addresses and networks hold at least two dots or colons, so no reader takes them for numbers.</summary>
    private static bool IsAddress(string text) =>
        text.Count(c => c == '.') >= 2 && text.All(c => char.IsAsciiDigit(c) || c is '.' or '/');
}
