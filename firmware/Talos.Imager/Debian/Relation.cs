namespace Talos.Imager.Debian;

/// <summary>What one package says about another: a name, and perhaps a version it is compared with.</summary>
/// <param name="Package">Name without architecture.</param>
/// <param name="Operator"><c>&lt;&lt;</c>, <c>&lt;=</c>, <c>=</c>, <c>&gt;=</c>, <c>&gt;&gt;</c>; empty when any version will do.</param>
/// <param name="Version">Empty without an operator.</param>
internal sealed record Relation(string Package, string Operator, string Version)
{
    /// <summary>Parses a field such as <c>libc6 (>= 2.39), debconf | debconf-2.0</c>; of alternatives the first counts.</summary>
    public static IReadOnlyList<Relation> ParseAll(string field) =>
    [
        .. field.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Parse).Where(r => r.Package.Length > 0),
    ];

    private static Relation Parse(string text)
    {
        string first = text.Split('|')[0];
        string name = first.Split(' ', '(', '[', '<')[0].Split(':')[0].Trim();
        int open = first.IndexOf('(', StringComparison.Ordinal);
        int close = first.IndexOf(')', StringComparison.Ordinal);
        if (open < 0 || close < open)
        {
            return new Relation(name, "", "");
        }

        string inner = first[(open + 1)..close].Trim();
        int length = inner.TakeWhile(c => c is '<' or '>' or '=').Count();
        return new Relation(name, inner[..length], inner[length..].Trim());
    }
}
