using System.Text;
using Microsoft.Extensions.Logging;

namespace Talos.Rpc.Hosting;

/// <summary>Writes one line a message to a stream: the log of a daemon, which its supervisor collects.</summary>
/// <param name="output">Where to; closed by its owner.</param>
public sealed class StreamLoggerProvider(Stream output) : ILoggerProvider
{
    private readonly Lock _gate = new();

    /// <summary>The daemon's standard output; the Console class is not for node code.</summary>
    public static StreamLoggerProvider StandardOutput() =>
        new(new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0));

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) =>
        new StreamLogger(this, categoryName[(categoryName.LastIndexOf('.') + 1)..], OwnLevel(categoryName));

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static LogLevel OwnLevel(string category) =>
        category.StartsWith("Talos.", StringComparison.Ordinal) ? LogLevel.Information : LogLevel.Error;

    private void Write(string line)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(line);
        lock (_gate)
        {
            output.Write(bytes);
            output.Flush();
        }
    }

    private sealed class StreamLogger(StreamLoggerProvider provider, string category, LogLevel least) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= least && logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
            {
                return;
            }

            StringBuilder line = new($"{Word(logLevel)} {category}: {formatter(state, exception)}");
            for (Exception? e = exception; e is not null; e = e.InnerException)
            {
                line.Append(": ").Append(e.Message);
            }

            line.Replace('\n', ' ').Append('\n');
            provider.Write(line.ToString());
        }

        private static string Word(LogLevel level) => level switch
        {
            LogLevel.Critical or LogLevel.Error => "error",
            LogLevel.Warning => "warning",
            _ => "info",
        };
    }
}
