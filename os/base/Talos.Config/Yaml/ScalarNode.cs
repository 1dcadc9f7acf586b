using YamlDotNet.Core;

namespace Talos.Config;

/// <summary>A single YAML value.</summary>
internal sealed class ScalarNode(string text, ScalarStyle style = ScalarStyle.Any, int line = 0) : Node(line)
{
    public string Text { get; } = text;

    public ScalarStyle Style { get; } = style;

    /// <summary>True for the empty value, <c>~</c> and <c>null</c> without quotes.</summary>
    public bool IsNull => Style is ScalarStyle.Plain && Text is "" or "~" or "null" or "Null" or "NULL";

    public override string Kind => IsNull ? "null" : $"the value '{Shorten(Text)}'";

    public override Node Clone() => new ScalarNode(Text, Style, Line);

    /// <summary>A boolean written as plain <c>true</c> or <c>false</c>, or as the older forms <c>yes</c>, <c>no</c>, <c>on</c>, <c>off</c>.</summary>
    public bool? Boolean => Text switch
    {
        "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" => true,
        "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" => false,
        _ => null,
    };

    internal static string Shorten(string text)
    {
        const int longest = 60;
        string line = text.ReplaceLineEndings(" ");
        return line.Length <= longest ? line : line[..longest] + "...";
    }
}
