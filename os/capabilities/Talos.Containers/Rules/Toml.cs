using System.Globalization;
using System.Text;

namespace Talos.Containers.Rules;

/// <summary>Writes the part of TOML that containerd's files need.</summary>
/// <remarks>Source: TOML 1.0.0, sections String and Table.</remarks>
internal sealed class Toml
{
    private readonly StringBuilder _text = new();

    /// <summary>A basic string with its quotes.</summary>
    public static string Quote(string value)
    {
        StringBuilder quoted = new("\"");
        foreach (char c in value)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                < ' ' or '\x7f' => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>Begins a table; the parts are quoted where needed.</summary>
    public Toml Table(params ReadOnlySpan<string> path)
    {
        _text.Append(_text.Length > 0 ? "\n[" : "[");
        for (int i = 0; i < path.Length; i++)
        {
            _text.Append(i > 0 ? "." : "").Append(IsBare(path[i]) ? path[i] : Quote(path[i]));
        }

        _text.Append("]\n");
        return this;
    }

    /// <summary>A text value.</summary>
    public Toml Set(string key, string value) => Raw(key, Quote(value));

    /// <summary>A truth value.</summary>
    public Toml Set(string key, bool value) => Raw(key, value ? "true" : "false");

    /// <summary>A number.</summary>
    public Toml Set(string key, int value) => Raw(key, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>A list of texts.</summary>
    public Toml Set(string key, IEnumerable<string> values) => Raw(key, $"[{string.Join(", ", values.Select(Quote))}]");

    /// <summary>A value as it stands.</summary>
    public Toml Raw(string key, string value)
    {
        _text.Append(key).Append(" = ").Append(value).Append('\n');
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    private static bool IsBare(string key) =>
        key.Length > 0 && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
