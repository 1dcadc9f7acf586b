using System.Globalization;
using System.Text.RegularExpressions;
using Talos.Cosi;
using Talos.Rpc.Errors;
using Wire = Talos.Api.Cosi;

namespace Talos.Rpc.ResourceState;

/// <summary>Which resources a caller wants: one of the label queries matches, and the id matches the pattern.</summary>
internal static class ResourceQuery
{
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromMilliseconds(100);

    /// <summary>The filter of a request; null when it asks for everything.</summary>
    /// <exception cref="InvalidRequestException">The pattern is not a regular expression.</exception>
    public static Func<Resource, bool>? Parse(IReadOnlyList<Wire.LabelQuery> labels, Wire.IDQuery? id)
    {
        Regex? pattern = Pattern(id?.Regexp);
        if (labels.Count == 0 && pattern is null)
        {
            return null;
        }

        return resource => (pattern is null || pattern.IsMatch(resource.Id))
            && (labels.Count == 0 || labels.Any(q => q.Terms.All(t => Matches(t, resource.Metadata.Labels))));
    }

    internal static bool Matches(Wire.LabelTerm term, ValueMap labels)
    {
        string? value = labels.GetValueOrDefault(term.Key);
        string? operand = term.Value.FirstOrDefault();
        bool matches = term.Op switch
        {
            Wire.LabelTerm.Types.Operation.Exists => value is not null,
            Wire.LabelTerm.Types.Operation.NotExists => value is null,
            Wire.LabelTerm.Types.Operation.Equal => value is not null && value == operand,
            Wire.LabelTerm.Types.Operation.In => value is not null && term.Value.Contains(value),
            Wire.LabelTerm.Types.Operation.Lt => value is not null && string.CompareOrdinal(value, operand) < 0,
            Wire.LabelTerm.Types.Operation.Lte => value is not null && string.CompareOrdinal(value, operand) <= 0,
            Wire.LabelTerm.Types.Operation.LtNumeric => Number(value) is { } a && Number(operand) is { } b && a < b,
            Wire.LabelTerm.Types.Operation.LteNumeric => Number(value) is { } c && Number(operand) is { } d && c <= d,
            _ => throw new InvalidRequestException("label_query.terms.op", $"{(int)term.Op} is not known"),
        };
        return matches != term.Invert;
    }

    private static decimal? Number(string? text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number) ? number : null;

    private static Regex? Pattern(string? pattern)
    {
        if (string.IsNullOrEmpty(pattern))
        {
            return null;
        }

        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, MatchTimeout);
        }
        catch (ArgumentException e)
        {
            throw new InvalidRequestException("id_query.regexp", e.Message);
        }
    }
}
