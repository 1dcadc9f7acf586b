namespace Talos.Config;

/// <summary>Tells which texts need quotes.</summary>
internal static class ScalarText
{
    private static readonly HashSet<string> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        "", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", ".inf", "-.inf", "+.inf", ".nan", "=", "<<",
    };

    /// <summary>True when any YAML reader takes the text, without quotes, for just this text.</summary>
    public static bool IsPlain(string text) =>
        !Words.Contains(text)
        && (char.IsAsciiLetter(text[0]) || text[0] is '/' or '_')
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '-' or '.' or ':' or '=' or '+' or '@' or ',')
        && text[^1] != ':';
}
