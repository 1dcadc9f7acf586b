using CsCheck;
using Talos.Ota.Delta.Matching;

namespace Talos.Ota.Delta.Tests;

public sealed class MatchingTests
{
    [Fact]
    public void Suffixes_are_in_order() => Gen.Byte[0, 3].Array[0, 120].Sample(text =>
    {
        int[] expected = [.. Enumerable.Range(0, text.Length)];
        Array.Sort(expected, (a, b) => text.AsSpan(a).SequenceCompareTo(text.AsSpan(b)));
        return SuffixArray.Build(text).AsSpan().SequenceEqual(expected);
    }, iter: 20_000);

    [Fact]
    public void Matches_ascend_and_lie_inside_both_files() => Gen.Select(Gen.Byte[0, 2].Array[0, 200], Gen.Byte[0, 2].Array[0, 200]).Sample((old, @new) =>
    {
        int end = 0;
        foreach (Match match in BinaryMatcher.Find(old, @new))
        {
            Assert.True(match.Target >= end && match.Length > 0 && match.Base >= 0 && match.Base + match.Length <= old.Length);
            end = match.Target + match.Length;
        }

        Assert.True(end <= @new.Length);
    }, iter: 5_000);

    [Fact]
    public void A_file_with_moved_parts_and_changed_addresses_is_found_again()
    {
        byte[] old = new byte[50_000];
        new Random(1).NextBytes(old);
        byte[] @new = [.. old[20_000..], .. new byte[100], .. old[..20_000]];
        for (int i = 0; i < @new.Length; i += 50)
        {
            @new[i]++;
        }

        List<Match> matches = BinaryMatcher.Find(old, @new);

        Assert.InRange(matches.Sum(m => m.Length), 49_900, 50_100);
        Assert.InRange(matches.Count, 2, 4);
    }

    [Fact]
    public void Long_runs_of_equal_bytes_take_no_time()
    {
        byte[] old = new byte[2_000_000];
        byte[] @new = [1, .. new byte[1_900_000], 2, .. new byte[50_000]];

        Assert.NotEmpty(BinaryMatcher.Find(old, @new));
    }
}
