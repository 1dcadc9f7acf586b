namespace Talos.Ota.Delta.Matching;

/// <summary>All suffixes of a text in order, by induced sorting in linear time.</summary>
/// <remarks>Source: Nong, Zhang, Chan, "Two Efficient Algorithms for Linear Time Suffix Array Construction", 2011.</remarks>
internal static class SuffixArray
{
    private interface IText
    {
        int Length { get; }

        int this[int index] { get; }
    }

    /// <summary>Sorts the suffixes of a text.</summary>
    /// <returns>The start of each suffix, the smallest suffix first.</returns>
    public static int[] Build(byte[] text) => Sort(new ByteText(text), byte.MaxValue);

    private static int[] Sort<TText>(TText text, int upper)
        where TText : struct, IText
    {
        int n = text.Length;
        int[] order = new int[n];
        if (n < 2)
        {
            return order;
        }

        // A suffix is of type S when it is smaller than the one behind it, else L; LMS: S behind L.
        bool[] isS = new bool[n];
        for (int i = n - 2; i >= 0; i--)
        {
            isS[i] = text[i] == text[i + 1] ? isS[i + 1] : text[i] < text[i + 1];
        }

        int[] startL = new int[upper + 2];
        int[] startS = new int[upper + 2];
        for (int i = 0; i < n; i++)
        {
            if (!isS[i])
            {
                startS[text[i]]++;
            }
            else
            {
                startL[text[i] + 1]++;
            }
        }

        for (int i = 0; i <= upper; i++)
        {
            startS[i] += startL[i];
            startL[i + 1] += startS[i];
        }

        int[] lms = Positions(isS);
        Induce(text, isS, startL, startS, lms, order);
        if (lms.Length > 0)
        {
            int[] sorted = SortLms(text, isS, lms, order);
            Induce(text, isS, startL, startS, sorted, order);
        }

        return order;
    }

    private static int[] Positions(bool[] isS)
    {
        List<int> lms = [];
        for (int i = 1; i < isS.Length; i++)
        {
            if (!isS[i - 1] && isS[i])
            {
                lms.Add(i);
            }
        }

        return [.. lms];
    }

    private static int[] SortLms<TText>(TText text, bool[] isS, int[] lms, int[] order)
        where TText : struct, IText
    {
        int n = text.Length;
        int[] number = new int[n + 1];
        Array.Fill(number, -1);
        for (int i = 0; i < lms.Length; i++)
        {
            number[lms[i]] = i;
        }

        List<int> sorted = new(lms.Length);
        foreach (int suffix in order)
        {
            if (number[suffix] >= 0)
            {
                sorted.Add(suffix);
            }
        }

        int[] reduced = new int[lms.Length];
        int highest = 0;
        reduced[number[sorted[0]]] = 0;
        for (int i = 1; i < sorted.Count; i++)
        {
            highest += SameSubstring(text, lms, number, sorted[i - 1], sorted[i]) ? 0 : 1;
            reduced[number[sorted[i]]] = highest;
        }

        int[] reducedOrder = highest + 1 == reduced.Length ? Inverse(reduced) : Sort(new IntText(reduced), highest);
        int[] result = new int[lms.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = lms[reducedOrder[i]];
        }

        return result;
    }

    private static bool SameSubstring<TText>(TText text, int[] lms, int[] number, int left, int right)
        where TText : struct, IText
    {
        int n = text.Length;
        int leftEnd = number[left] + 1 < lms.Length ? lms[number[left] + 1] : n;
        int rightEnd = number[right] + 1 < lms.Length ? lms[number[right] + 1] : n;
        if (leftEnd - left != rightEnd - right)
        {
            return false;
        }

        while (left < leftEnd)
        {
            if (text[left] != text[right])
            {
                return false;
            }

            left++;
            right++;
        }

        return left < n && right < n && text[left] == text[right];
    }

    private static int[] Inverse(int[] ranks)
    {
        int[] order = new int[ranks.Length];
        for (int i = 0; i < ranks.Length; i++)
        {
            order[ranks[i]] = i;
        }

        return order;
    }

    private static void Induce<TText>(TText text, bool[] isS, int[] startL, int[] startS, int[] lms, int[] order)
        where TText : struct, IText
    {
        int n = text.Length;
        Array.Fill(order, -1);
        int[] next = (int[])startS.Clone();
        foreach (int suffix in lms)
        {
            order[next[text[suffix]]++] = suffix;
        }

        startL.CopyTo(next, 0);
        order[next[text[n - 1]]++] = n - 1;
        for (int i = 0; i < n; i++)
        {
            int suffix = order[i];
            if (suffix >= 1 && !isS[suffix - 1])
            {
                order[next[text[suffix - 1]]++] = suffix - 1;
            }
        }

        startL.CopyTo(next, 0);
        for (int i = n - 1; i >= 0; i--)
        {
            int suffix = order[i];
            if (suffix >= 1 && isS[suffix - 1])
            {
                order[--next[text[suffix - 1] + 1]] = suffix - 1;
            }
        }
    }

    private readonly struct ByteText(byte[] bytes) : IText
    {
        public int Length => bytes.Length;

        public int this[int index] => bytes[index];
    }

    private readonly struct IntText(int[] values) : IText
    {
        public int Length => values.Length;

        public int this[int index] => values[index];
    }
}
