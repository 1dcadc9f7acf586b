using System.Text;

namespace Talos.Config;

/// <summary>The difference of two configs as text, for people.</summary>
public static class ConfigDiff
{
    private const int Context = 3;
    private const int MostCells = 4_000_000;

    /// <summary>A unified difference of both configs, rewritten in one form and without secrets; empty when they mean the same.</summary>
    /// <exception cref="ConfigException">One of them is not YAML.</exception>
    public static string Between(string before, string after)
    {
        List<Node> old = ConfigPatcher.Load(before);
        List<Node> changed = ConfigPatcher.Load(after);
        HashSet<string> known = new(StringComparer.Ordinal);
        ConfigRedaction.Replace(old, text =>
        {
            known.Add(text);
            return ConfigRedaction.Hidden;
        });
        ConfigRedaction.Replace(changed, text => known.Contains(text) ? ConfigRedaction.Hidden : "(redacted, changed)");
        return Unified(Lines(NodeWriter.Write(old)), Lines(NodeWriter.Write(changed)));
    }

    /// <summary>A unified difference of two lists of lines; empty when they are equal.</summary>
    internal static string Unified(string[] before, string[] after)
    {
        List<(char Mark, string Line)> script = Script(before, after);
        StringBuilder text = new();
        int oldLine = 1;
        int newLine = 1;
        int at = 0;
        while (at < script.Count)
        {
            int change = script.FindIndex(at, s => s.Mark != ' ');
            if (change < 0)
            {
                break;
            }

            int start = Math.Max(at, change - Context);
            int end = EndOfHunk(script, change);
            oldLine += start - at;
            newLine += start - at;
            int olds = script.GetRange(start, end - start).Count(s => s.Mark != '+');
            int news = script.GetRange(start, end - start).Count(s => s.Mark != '-');
            text.Append($"@@ -{(olds == 0 ? oldLine - 1 : oldLine)},{olds} +{(news == 0 ? newLine - 1 : newLine)},{news} @@\n");
            foreach ((char mark, string line) in script.GetRange(start, end - start))
            {
                text.Append(mark).Append(line).Append('\n');
            }

            oldLine += olds;
            newLine += news;
            at = end;
        }

        return text.Length > 0 ? $"--- a\n+++ b\n{text}" : "";
    }

    private static string[] Lines(string text) => text.Length == 0 ? [] : text.TrimEnd('\n').Split('\n');

    private static int EndOfHunk(List<(char Mark, string Line)> script, int change)
    {
        int last = change;
        for (int i = change; i < script.Count && i <= last + (2 * Context); i++)
        {
            if (script[i].Mark != ' ')
            {
                last = i;
            }
        }

        return Math.Min(script.Count, last + 1 + Context);
    }

    /// <summary>Lines kept, removed and added, in order: the longest common subsequence between equal beginnings and ends.</summary>
    private static List<(char Mark, string Line)> Script(string[] before, string[] after)
    {
        int head = 0;
        while (head < before.Length && head < after.Length && before[head] == after[head])
        {
            head++;
        }

        int tail = 0;
        while (tail < before.Length - head && tail < after.Length - head && before[^(tail + 1)] == after[^(tail + 1)])
        {
            tail++;
        }

        List<(char, string)> script = [.. before[..head].Select(l => (' ', l))];
        Middle(before[head..^tail], after[head..^tail], script);
        script.AddRange(before[^tail..].Select(l => (' ', l)));
        return script;
    }

    private static void Middle(string[] before, string[] after, List<(char Mark, string Line)> script)
    {
        if ((long)before.Length * after.Length > MostCells)
        {
            script.AddRange(before.Select(l => ('-', l)));
            script.AddRange(after.Select(l => ('+', l)));
            return;
        }

        int[,] common = new int[before.Length + 1, after.Length + 1];
        for (int row = before.Length - 1; row >= 0; row--)
        {
            for (int column = after.Length - 1; column >= 0; column--)
            {
                common[row, column] = before[row] == after[column]
                    ? common[row + 1, column + 1] + 1
                    : Math.Max(common[row + 1, column], common[row, column + 1]);
            }
        }

        int i = 0;
        int j = 0;
        while (i < before.Length || j < after.Length)
        {
            if (i < before.Length && j < after.Length && before[i] == after[j])
            {
                script.Add((' ', before[i++]));
                j++;
            }
            else if (j == after.Length || (i < before.Length && common[i + 1, j] >= common[i, j + 1]))
            {
                script.Add(('-', before[i++]));
            }
            else
            {
                script.Add(('+', after[j++]));
            }
        }
    }
}
