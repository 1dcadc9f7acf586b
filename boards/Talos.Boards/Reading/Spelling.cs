namespace Talos.Boards.Reading;

/// <summary>Finds what was probably meant by a misspelt key.</summary>
internal static class Spelling
{
    private const int MostEdits = 2;

    /// <summary>Whether at most two insertions, deletions or replacements, letter case aside, turn one into the other.</summary>
    public static bool IsNear(string known, string written)
    {
        string a = known.ToUpperInvariant();
        string b = written.ToUpperInvariant();
        int[] previous = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int[] row = new int[b.Length + 1];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(replaced, Math.Min(previous[j], row[j - 1]) + 1);
            }

            previous = row;
        }

        return previous[^1] <= MostEdits;
    }
}
