namespace Talosctl.Cli;

/// <summary>Lines in aligned columns, three blanks apart, as the field's tools print them.</summary>
internal sealed class Table(params string[] headings)
{
    private readonly List<string[]> _rows = [];

    public int Count => _rows.Count;

    public void Add(params string[] cells) => _rows.Add(cells);

    public void WriteTo(TextWriter writer, bool withHeadings = true)
    {
        IEnumerable<string[]> all = withHeadings ? _rows.Prepend(headings) : _rows;
        int[] widths = [.. Enumerable.Range(0, headings.Length).Select(i => all.Max(r => i < r.Length ? r[i].Length : 0))];
        foreach (string[] row in all)
        {
            writer.WriteLine(string.Concat(row.Select((cell, i) => i == row.Length - 1 ? cell : cell.PadRight(widths[i] + 3))).TrimEnd());
        }
    }
}
