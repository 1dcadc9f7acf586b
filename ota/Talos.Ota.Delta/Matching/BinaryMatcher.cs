namespace Talos.Ota.Delta.Matching;

/// <summary>Bytes of a new file that resemble bytes of an old one.</summary>
/// <param name="Target">Offset in the new file.</param>
/// <param name="Base">Offset in the old file.</param>
/// <param name="Length">In bytes; single bytes within may differ.</param>
internal readonly record struct Match(int Target, int Base, int Length);

/// <summary>Finds what a new file took from an old one although addresses inside it moved.</summary>
/// <remarks>The method of bsdiff: exact matches by suffix sorting, extended both ways while at least half of the bytes agree.
/// Source: Percival, "Naive Differences of Executable Code", 2003.</remarks>
internal static class BinaryMatcher
{
    // A longer comparison would find nothing else and makes runs of equal bytes quadratic.
    private const int LongestComparison = 4096;

    // A new place in the base must explain this many bytes more than the present one.
    private const int Gain = 8;

    /// <summary>Finds matches in ascending order of <see cref="Match.Target"/>, without overlap.</summary>
    public static List<Match> Find(byte[] oldFile, byte[] newFile)
    {
        List<Match> matches = [];
        int prefix = oldFile.AsSpan().CommonPrefixLength(newFile);
        if (prefix == newFile.Length)
        {
            if (prefix > 0)
            {
                matches.Add(new Match(0, 0, prefix));
            }

            return matches;
        }

        if (oldFile.Length > 0)
        {
            new Search(oldFile, newFile, SuffixArray.Build(oldFile)).Run(matches);
        }

        return matches;
    }

    private sealed class Search(byte[] oldFile, byte[] newFile, int[] order)
    {
        public void Run(List<Match> matches)
        {
            int scan = 0;
            int length = 0;
            int position = 0;
            int lastScan = 0;
            int lastPosition = 0;
            int lastOffset = 0;
            while (scan < newFile.Length)
            {
                int oldScore = 0;
                scan += length;
                for (int scored = scan; scan < newFile.Length; scan++)
                {
                    (position, length) = Longest(newFile.AsSpan(scan));
                    for (; scored < scan + length; scored++)
                    {
                        oldScore += Agrees(scored + lastOffset, scored) ? 1 : 0;
                    }

                    if ((length == oldScore && length != 0) || length > oldScore + Gain)
                    {
                        break;
                    }

                    oldScore -= Agrees(scan + lastOffset, scan) ? 1 : 0;
                }

                if (length == oldScore && scan != newFile.Length)
                {
                    continue;
                }

                int forward = Forward(lastScan, lastPosition, scan);
                int backward = scan < newFile.Length ? Backward(lastScan, scan, position) : 0;
                if (lastScan + forward > scan - backward)
                {
                    int overlap = lastScan + forward - (scan - backward);
                    int kept = Divide(lastScan + forward - overlap, lastPosition + forward - overlap, scan - backward, position - backward, overlap);
                    forward += kept - overlap;
                    backward -= kept;
                }

                if (forward > 0)
                {
                    matches.Add(new Match(lastScan, lastPosition, forward));
                }

                lastScan = scan - backward;
                lastPosition = position - backward;
                lastOffset = position - scan;
            }
        }

        private bool Agrees(int oldIndex, int newIndex) => (uint)oldIndex < (uint)oldFile.Length && oldFile[oldIndex] == newFile[newIndex];

        private int Forward(int target, int source, int end)
        {
            int best = 0;
            int bestScore = 0;
            int score = 0;
            for (int i = 0; target + i < end && source + i < oldFile.Length;)
            {
                score += oldFile[source + i] == newFile[target + i] ? 1 : -1;
                i++;
                if (score > bestScore)
                {
                    (best, bestScore) = (i, score);
                }
            }

            return best;
        }

        private int Backward(int begin, int target, int source)
        {
            int best = 0;
            int bestScore = 0;
            int score = 0;
            for (int i = 1; target >= begin + i && source >= i; i++)
            {
                score += oldFile[source - i] == newFile[target - i] ? 1 : -1;
                if (score > bestScore)
                {
                    (best, bestScore) = (i, score);
                }
            }

            return best;
        }

        /// <summary>How many bytes of an overlap stay with the earlier match.</summary>
        private int Divide(int earlierTarget, int earlierSource, int laterTarget, int laterSource, int overlap)
        {
            int best = 0;
            int bestScore = 0;
            int score = 0;
            for (int i = 0; i < overlap; i++)
            {
                score += newFile[earlierTarget + i] == oldFile[earlierSource + i] ? 1 : 0;
                score -= newFile[laterTarget + i] == oldFile[laterSource + i] ? 1 : 0;
                if (score > bestScore)
                {
                    (best, bestScore) = (i + 1, score);
                }
            }

            return best;
        }

        private (int Position, int Length) Longest(ReadOnlySpan<byte> wanted)
        {
            wanted = wanted[..Math.Min(wanted.Length, LongestComparison)];
            int low = 0;
            int high = order.Length - 1;
            while (high - low >= 2)
            {
                int middle = low + ((high - low) / 2);
                ReadOnlySpan<byte> suffix = oldFile.AsSpan(order[middle]);
                if (suffix[..Math.Min(suffix.Length, wanted.Length)].SequenceCompareTo(wanted) < 0)
                {
                    low = middle;
                }
                else
                {
                    high = middle;
                }
            }

            int lower = oldFile.AsSpan(order[low]).CommonPrefixLength(wanted);
            int upper = oldFile.AsSpan(order[high]).CommonPrefixLength(wanted);
            return lower > upper ? (order[low], lower) : (order[high], upper);
        }
    }
}
