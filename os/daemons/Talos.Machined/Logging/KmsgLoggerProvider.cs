using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Talos.Linux;
using Talos.Services.Logs;

namespace Talos.Machined.Logging;

/// <summary>The log of PID 1: the kernel log, from where it reaches the console, and the service log <c>machined</c>.</summary>
/// <param name="kmsg">The kernel log; null when it cannot be opened.</param>
/// <param name="logs">The service logs.</param>
/// <param name="time">The clock of the service log.</param>
internal sealed class KmsgLoggerProvider(KmsgWriter? kmsg, ServiceLogs logs, TimeProvider time) : ILoggerProvider
{
    /// <summary>Name of the log of this process.</summary>
    public const string LogName = "machined";

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new KmsgLogger(this, categoryName);

    /// <inheritdoc/>
    public void Dispose() => kmsg?.Dispose();

    /// <summary>Writes one line; a log that cannot be written must not stop PID 1.</summary>
    private void Write(LogLevel level, string area, string text)
    {
        KmsgPriority priority = level switch
        {
            LogLevel.Critical => KmsgPriority.Critical,
            LogLevel.Error => KmsgPriority.Error,
            LogLevel.Warning => KmsgPriority.Warning,
            LogLevel.Information => KmsgPriority.Info,
            _ => KmsgPriority.Debug,
        };
        string stamp = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        logs.Append(LogName, Encoding.UTF8.GetBytes($"{stamp} {Word(level)} {area}: {text}\n"));
        try
        {
            kmsg?.Write(priority, $"[talos] {area}: {text}");
        }
        catch (IOException)
        {
            // The service log has it.
        }
    }

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Critical => "critical",
        LogLevel.Error => "error",
        LogLevel.Warning => "warning",
        LogLevel.Information => "info",
        _ => "debug",
    };

    private sealed class KmsgLogger(KmsgLoggerProvider provider, string category) : ILogger
    {
        private readonly bool _ours = category.StartsWith("Talos.", StringComparison.Ordinal);
        private readonly string _area = Area(category);

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) =>
            logLevel is not LogLevel.None && logLevel >= (_ours ? LogLevel.Information : LogLevel.Error);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                provider.Write(logLevel, _area, formatter(state, null) + Chain(exception));
            }
        }

        /// <summary>The room: <c>network</c> of <c>Talos.Network.Controllers.LinkController</c>.</summary>
        private static string Area(string category)
        {
            string[] parts = category.Split('.');
            return parts is ["Talos", var room, ..] ? room.ToLowerInvariant() : parts[^1];
        }

        private static string Chain(Exception? exception)
        {
            StringBuilder text = new();
            for (Exception? e = exception; e is not null; e = e.InnerException)
            {
                text.Append(": ").Append(e.Message);
            }

            return text.ToString();
        }
    }
}
