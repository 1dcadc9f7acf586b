using Microsoft.Extensions.Logging;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent;

/// <summary>Loggers whose least level the hub sets.</summary>
internal sealed class LeveledLoggers(ILoggerProvider provider) : ILoggerFactory
{
    /// <summary>The least level that is written.</summary>
    public Func<FleetLogLevel> Level { get; set; } = static () => FleetLogLevel.Info;

    public ILogger CreateLogger(string categoryName) => new Leveled(this, provider.CreateLogger(categoryName));

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("there is one provider");

    public void Dispose() => provider.Dispose();

    private sealed class Leveled(LeveledLoggers owner, ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel >= Least() && inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= Least())
            {
                inner.Log(logLevel, eventId, state, exception, formatter);
            }
        }

        private LogLevel Least() => owner.Level() switch
        {
            FleetLogLevel.Debug => LogLevel.Debug,
            FleetLogLevel.Info => LogLevel.Information,
            FleetLogLevel.Warning => LogLevel.Warning,
            FleetLogLevel.Error => LogLevel.Error,
        };
    }
}
