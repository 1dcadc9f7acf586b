using System.Globalization;

namespace Talosctl.Cli;

/// <summary>A bar on standard error while bytes pass; silent where nobody watches.</summary>
internal sealed class ProgressBar : IProgress<long>, IDisposable
{
    private const int Width = 30;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Host _host;
    private readonly string _title;
    private readonly long _total;
    private readonly long _started;
    private long _drawn;
    private int _lastLength;

    /// <param name="host">Draws only when a person watches.</param>
    /// <param name="title">What is done, such as <c>verifying</c>.</param>
    /// <param name="total">Bytes in all.</param>
    public ProgressBar(Host host, string title, long total)
    {
        _host = host;
        _title = title;
        _total = total;
        _started = host.Clock.GetTimestamp();
    }

    /// <summary>Draws how far it is; not more often than ten times a second.</summary>
    public void Report(long value)
    {
        if (_host.IsInteractive && (_drawn == 0 || value >= _total || _host.Clock.GetElapsedTime(_drawn) >= Pause))
        {
            _drawn = _host.Clock.GetTimestamp();
            string line = Line(_title, value, _total, _host.Clock.GetElapsedTime(_started));
            _host.Error.Write("\r" + line.PadRight(_lastLength));
            _lastLength = line.Length;
        }
    }

    /// <summary>Removes the bar.</summary>
    public void Dispose()
    {
        if (_lastLength > 0)
        {
            _host.Error.Write("\r" + new string(' ', _lastLength) + "\r");
        }
    }

    /// <summary>The bar as a text, such as <c>verifying [####      ]  40% 4 MB of 10 MB, 2 MB/s</c>.</summary>
    public static string Line(string title, long value, long total, TimeSpan elapsed)
    {
        double part = total <= 0 ? 1 : Math.Clamp((double)value / total, 0, 1);
        string rate = elapsed.TotalSeconds >= 1 ? $", {Units.Bytes((ulong)(value / elapsed.TotalSeconds))}/s" : "";
        int filled = (int)(part * Width);
        return string.Create(CultureInfo.InvariantCulture,
            $"{title} [{new string('#', filled)}{new string(' ', Width - filled)}] {(int)(part * 100),3}% {Units.Bytes((ulong)value)} of {Units.Bytes((ulong)total)}{rate}");
    }
}
