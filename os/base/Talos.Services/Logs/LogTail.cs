namespace Talos.Services.Logs;

/// <summary>Finds the last lines in log text.</summary>
internal static class LogTail
{
    private const int BlockSize = 16 * 1024;

    /// <summary>Where the last lines of stored text begin; read from its end, a block at a time.</summary>
    /// <param name="text">Log text; a last line without line feed counts as a line.</param>
    /// <param name="lines">How many; negative for all.</param>
    public static long IndexOfLast(IStoredText text, int lines)
    {
        if (lines < 0)
        {
            return 0;
        }

        if (lines == 0)
        {
            return text.Length;
        }

        byte[] block = new byte[BlockSize];
        int found = 0;
        for (long end = text.Length; end > 0;)
        {
            int length = (int)Math.Min(BlockSize, end);
            long start = end - length;
            length = text.Read(start, block.AsSpan(0, length));
            for (int i = length - 1; i >= 0; i--)
            {
                if (block[i] == (byte)'\n' && start + i != text.Length - 1 && ++found == lines)
                {
                    return start + i + 1;
                }
            }

            end = start;
        }

        return 0;
    }

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
