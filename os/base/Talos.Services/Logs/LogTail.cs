namespace Talos.Services.Logs;

/// <summary>Finds the last lines in log text.</summary>
internal static class LogTail
{
    /// <summary>Where the last <paramref name="lines"/> lines begin.</summary>
    /// <param name="text">Log text; a last line without line feed counts as a line.</param>
    /// <param name="lines">How many; negative for all.</param>
    public static int IndexOfLast(ReadOnlySpan<byte> text, int lines)
    {
        if (lines < 0)
        {
            return 0;
        }

        int at = text.Length;
        if (lines > 0 && at > 0 && text[at - 1] == (byte)'\n')
        {
            at--;
        }

        for (int found = 0; found < lines; found++)
        {
            at = text[..at].LastIndexOf((byte)'\n');
            if (at < 0)
            {
                return 0;
            }
        }

        return lines == 0 ? text.Length : at + 1;
    }
}
