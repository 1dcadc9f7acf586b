using System.Globalization;

namespace Talos.E2e.Tests.Starts;

/// <summary>One start of a node.</summary>
/// <param name="Kind"><c>first</c> of a freshly written slot, or <c>again</c>.</param>
/// <param name="Throttled">Two machines shared one processor.</param>
/// <param name="Wall">Seconds from power to the end of the early boot; 0 when it did not come.</param>
/// <param name="Kernel">Seconds on the kernel's clock by then; 0 when it did not come.</param>
/// <param name="Outcome"><c>ok</c>, <c>stall</c>, or <c>reported</c>: it came up, and said that it had stood still.</param>
internal sealed record StartRow(string Kind, bool Throttled, double Wall, double Kernel, string Outcome);

/// <summary>The starts so far, a line each, in a file of the repository: a batch goes on where the last one ended.</summary>
internal sealed class Tally
{
    private const string Header = "number\tkind\tthrottled\twall_s\tkernel_s\toutcome";

    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly List<StartRow> _rows = [];

    public Tally(string path)
    {
        _path = path;
        if (File.Exists(path))
        {
            _rows.AddRange(File.ReadLines(path).Skip(1).Select(Read));
        }
        else
        {
            File.WriteAllText(path, Header + "\n");
        }
    }

    public int Count => _rows.Count;

    public int Stalls => _rows.Count(r => r.Outcome == "stall");

    public void Add(StartRow row)
    {
        lock (_lock)
        {
            _rows.Add(row);
            File.AppendAllText(_path, string.Create(CultureInfo.InvariantCulture,
                $"{_rows.Count}\t{row.Kind}\t{(row.Throttled ? "yes" : "no")}\t{row.Wall:F1}\t{row.Kernel:F1}\t{row.Outcome}\n"));
        }
    }

    /// <summary>A line for all starts and one a kind; times are those on the kernel's clock.</summary>
    public IEnumerable<string> Summary()
    {
        IEnumerable<(string Name, List<StartRow> Rows)> groups = _rows
            .GroupBy(r => $"{r.Kind}, {(r.Throttled ? "throttled" : "not throttled")}")
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => (g.Key, g.ToList()));
        foreach ((string name, List<StartRow> rows) in groups.Prepend(("all", _rows)))
        {
            double[] times = [.. rows.Where(r => r.Outcome != "stall").Select(r => r.Kernel).Order()];
            double median = times.Length == 0 ? 0 : times[times.Length / 2];
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{name}: {rows.Count} starts, {rows.Count(r => r.Outcome == "stall")} stalls, {rows.Count(r => r.Outcome == "reported")} reported, ")
                + string.Create(CultureInfo.InvariantCulture,
                    $"median {median:F1} s, slowest {times.LastOrDefault():F1} s, over twice the median {times.Count(t => t > 2 * median)}");
        }
    }

    private static StartRow Read(string line) => line.Split('\t') is [_, var kind, var throttled, var wall, var kernel, var outcome]
        ? new StartRow(kind, throttled == "yes", Seconds(wall), Seconds(kernel), outcome)
        : throw new InvalidDataException($"the tally has a line of other fields than \"{Header}\": {line}");

    private static double Seconds(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
