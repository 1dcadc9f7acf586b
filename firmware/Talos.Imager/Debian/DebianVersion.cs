namespace Talos.Imager.Debian;

/// <summary>Order of Debian's version numbers.</summary>
/// <remarks>Source: Debian Policy 4.7, section 5.6.12.</remarks>
internal sealed class DebianVersion : IComparer<string>
{
    /// <summary>Oldest first.</summary>
    public static DebianVersion Order { get; } = new();

    private DebianVersion()
    {
    }

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        (string epoch, string upstream, string revision) = Split(x ?? "");
        (string otherEpoch, string otherUpstream, string otherRevision) = Split(y ?? "");
        return ComparePart(epoch, otherEpoch) is var epochs and not 0 ? epochs
            : ComparePart(upstream, otherUpstream) is var upstreams and not 0 ? upstreams
            : ComparePart(revision, otherRevision);
    }

    /// <summary>Whether <paramref name="version"/> fits a relation such as <c>&gt;= 1.2</c>.</summary>
    public static bool Satisfies(string version, string relation, string wanted)
    {
        int order = Order.Compare(version, wanted);
        return relation switch
        {
            "<<" => order < 0,
            "<=" => order <= 0,
            "=" => order == 0,
            ">=" => order >= 0,
            ">>" => order > 0,
            _ => true,
        };
    }

    private static (string Epoch, string Upstream, string Revision) Split(string version)
    {
        int colon = version.IndexOf(':', StringComparison.Ordinal);
        string epoch = colon < 0 ? "" : version[..colon];
        string rest = version[(colon + 1)..];
        int dash = rest.LastIndexOf('-');
        return dash < 0 ? (epoch, rest, "") : (epoch, rest[..dash], rest[(dash + 1)..]);
    }

    // Turns of what is no digit and of digits.
    private static int ComparePart(string left, string right)
    {
        int i = 0;
        int j = 0;
        while (i < left.Length || j < right.Length)
        {
            while ((i < left.Length && !char.IsAsciiDigit(left[i])) || (j < right.Length && !char.IsAsciiDigit(right[j])))
            {
                int order = Weight(left, i).CompareTo(Weight(right, j));
                if (order != 0)
                {
                    return order;
                }

                i++;
                j++;
            }

            ReadOnlySpan<char> number = Digits(left, ref i);
            ReadOnlySpan<char> other = Digits(right, ref j);
            int numbers = number.Length != other.Length ? number.Length.CompareTo(other.Length) : number.SequenceCompareTo(other);
            if (numbers != 0)
            {
                return numbers;
            }
        }

        return 0;
    }

    // A tilde sorts before the end, letters before everything else.
    private static int Weight(string text, int index) =>
        index >= text.Length || char.IsAsciiDigit(text[index]) ? 0
        : text[index] == '~' ? -1
        : char.IsAsciiLetter(text[index]) ? text[index]
        : text[index] + 256;

    private static ReadOnlySpan<char> Digits(string text, ref int index)
    {
        int start = index;
        while (index < text.Length && char.IsAsciiDigit(text[index]))
        {
            index++;
        }

        return text.AsSpan(start, index - start).TrimStart('0');
    }
}
