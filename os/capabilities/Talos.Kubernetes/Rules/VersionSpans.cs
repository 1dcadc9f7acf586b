using System.Globalization;

namespace Talos.Kubernetes.Rules;

/// <summary>Names, each with the span of listed Kubernetes versions that have it.</summary>
internal sealed class VersionSpans
{
    private readonly Dictionary<string, (int First, int Last)> _spans = new(StringComparer.Ordinal);

    /// <param name="groups">First and last minor version of Kubernetes 1, and names separated by white space.</param>
    public VersionSpans(params ReadOnlySpan<(int First, int Last, string Names)> groups)
    {
        foreach ((int first, int last, string names) in groups)
        {
            foreach (string name in names.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries))
            {
                _spans.Add(name, (first, last));
            }
        }
    }

    /// <summary>Whether version 1.<paramref name="minor"/> has the name.</summary>
    public bool Has(string name, int minor) => _spans.TryGetValue(name, out (int First, int Last) span) && minor >= span.First && minor <= span.Last;

    /// <summary>All names of version 1.<paramref name="minor"/>, in ordinal order.</summary>
    public IReadOnlyList<string> Of(int minor) => [.. _spans.Keys.Where(name => Has(name, minor)).Order(StringComparer.Ordinal)];

    /// <summary>Which versions have the name, for people.</summary>
    public string Describe(string name)
    {
        if (!_spans.TryGetValue(name, out (int First, int Last) span))
        {
            return string.Create(CultureInfo.InvariantCulture, $"no version from 1.{KubeletVersion.ListedMinors[0]} to 1.{KubeletVersion.ListedMinors[^1]} has it");
        }

        return span switch
        {
            _ when span.First == span.Last => string.Create(CultureInfo.InvariantCulture, $"of the listed versions only 1.{span.First} has it"),
            _ when span.Last == KubeletVersion.ListedMinors[^1] => string.Create(CultureInfo.InvariantCulture, $"1.{span.First} and later have it"),
            _ => string.Create(CultureInfo.InvariantCulture, $"1.{span.First} to 1.{span.Last} have it"),
        };
    }
}
