namespace Talos.Fleet.Hub.Messaging;

/// <summary>Counts what is ignored and writes a line about it: at most ten a second, with the number of those left out.</summary>
internal sealed partial class Refusals(HubMetrics metrics, TimeProvider time, ILogger<Refusals> log)
{
    private const int LinesPerSecond = 10;
    private readonly Lock _lock = new();
    private long? _began;
    private int _lines;
    private long _silent;

    public void Count(string topic, string kind, string problem, string text)
    {
        metrics.Refused(kind, problem);
        long silent;
        lock (_lock)
        {
            if (_began is not { } began || time.GetElapsedTime(began) >= TimeSpan.FromSeconds(1))
            {
                (_began, _lines) = (time.GetTimestamp(), 0);
            }

            if (++_lines > LinesPerSecond)
            {
                _silent++;
                return;
            }

            (silent, _silent) = (_silent, 0);
        }

        LogIgnored(Clean(topic), problem, Clean(text), silent);
    }

    private static string Clean(string text) => new([.. text.Take(256).Select(c => char.IsControl(c) ? ' ' : c)]);

    [LoggerMessage(LogLevel.Warning, "Ignored a message on {Topic} ({Problem}): {Text}; {Silent} more before it")]
    private partial void LogIgnored(string topic, string problem, string text, long silent);
}
