using System.Text.RegularExpressions;

namespace Talos.Rpc.ResourceState;

/// <summary>Which style a string needs in YAML so that every reader takes it for that string.</summary>
internal static partial class YamlScalar
{
    private const string Indicators = "-?:,[]{}#&*!|>'\"%@`=<~ ";

    /// <summary>Whether the string can stand without quotes, also in readers of YAML 1.1.</summary>
    public static bool IsPlain(string value) =>
        value.Length > 0
        && !Indicators.Contains(value[0], StringComparison.Ordinal)
        && value[^1] is not (' ' or ':')
        && !value.Contains(": ", StringComparison.Ordinal)
        && !value.Contains(" #", StringComparison.Ordinal)
        && value.All(c => IsPrintable(c) && !char.IsSurrogate(c))
        && !Words().IsMatch(value)
        && !Numbers().IsMatch(value);

    /// <summary>Whether the string can be a literal block: several lines and nothing that the block would lose.</summary>
    public static bool IsLiteral(string value) =>
        value.Contains('\n')
        && value[0] is not (' ' or '\n' or '\t')
        && !value.EndsWith("\n\n", StringComparison.Ordinal)
        && value.All(c => c is '\n' or '\t' || (IsPrintable(c) && !char.IsSurrogate(c)))
        && !value.Split('\n').Any(line => line.Length > 0 && string.IsNullOrWhiteSpace(line));

    /// <summary>Whether a character may stand unescaped in quotes.</summary>
    public static bool IsPrintable(char c) =>
        c is >= ' ' and <= '~' or (>= '\u00a0' and not ('\u2028' or '\u2029' or '\ufeff' or '\ufffe' or '\uffff')) && !char.IsSurrogate(c);

    [GeneratedRegex(@"^(null|true|false|yes|no|on|off|y|n|\.(inf|nan))$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Words();

    // Numbers in any base, floats, base 60 and dates: all start with a digit, a sign or a point and hold few letters.
    [GeneratedRegex(@"^[+.]?[0-9][0-9_,.:]*([eE][-+]?[0-9]*)?$|^[+]?0[xob][0-9a-fA-F_]*$|^[+]?\.(inf|nan)$|^[0-9]{4}-[0-9]{1,2}-[0-9]|^\.[0-9]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Numbers();
}
