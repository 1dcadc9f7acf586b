namespace Talos.Udevd.Modules;

/// <summary>File name patterns as the kernel's module aliases use them: <c>*</c>, <c>?</c> and <c>[a-f0-9]</c>.</summary>
/// <remarks>Source: fnmatch(3), glob(7).</remarks>
internal static class Glob
{
    /// <summary>Whether the whole text fits the pattern. Work is bounded by the product of both lengths.</summary>
    public static bool Matches(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> text)
    {
        int p = 0, t = 0, star = -1, retry = 0;
        while (t < text.Length)
        {
            int step = p < pattern.Length ? MatchOne(pattern[p..], text[t]) : 0;
            if (step > 0)
            {
                p += step;
                t++;
            }
            else if (p < pattern.Length && pattern[p] == (byte)'*')
            {
                star = p++;
                retry = t;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++retry;
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].IndexOfAnyExcept((byte)'*') < 0;
    }

    /// <returns>How much of the pattern fits the character; 0 when it does not or a star comes next.</returns>
    private static int MatchOne(ReadOnlySpan<byte> pattern, byte c)
    {
        switch (pattern[0])
        {
            case (byte)'*':
                return 0;
            case (byte)'?':
                return 1;
            case (byte)'[' when pattern.IndexOf((byte)']') is > 1 and int end:
                return InSet(pattern[1..end], c) ? end + 1 : 0;
            default:
                return pattern[0] == c ? 1 : 0;
        }
    }

    private static bool InSet(ReadOnlySpan<byte> set, byte c)
    {
        bool negated = set[0] is (byte)'!' or (byte)'^';
        set = negated ? set[1..] : set;
        bool found = false;
        for (int i = 0; i < set.Length; i++)
        {
            if (i + 2 < set.Length && set[i + 1] == (byte)'-')
            {
                found |= c >= set[i] && c <= set[i + 2];
                i += 2;
            }
            else
            {
                found |= c == set[i];
            }
        }

        return found != negated;
    }
}
