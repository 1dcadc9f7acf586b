using Microsoft.Extensions.Logging.Abstractions;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent.Tests.Real;

/// <summary>An agent in this process, against a real broker.</summary>
internal sealed class RunningAgent : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private FleetAgent? _agent;
    private Task _run = Task.CompletedTask;

    public FakeNode Node { get; } = new();

    public Func<QueueReport, Telemetry> Measured { get; init; } = queue => new Telemetry { Time = TimeProvider.System.GetUtcNow(), Queue = queue };

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public IFleetLinks? Links { get; init; }

    public AgentState State => _agent!.State;

    public static AgentSettings Settings(string folder, string node, Uri? hub = null, string hubCa = "") => new()
    {
        Hub = hub ?? new Uri("https://localhost:1/"),
        HubCa = hubCa,
        Token = "token",
        Brokers = [],
        NodeId = node,
        Labels = new Dictionary<string, string> { ["site"] = "north" },
        TelemetryIntervalSeconds = 3600,
        KeepAliveSeconds = 1200,
        Vetoes = new VetoSettings { Health = true },
        Board = "test-board",
        ConfigHash = "",
        Version = "1.0.0",
        StateFolder = Path.Combine(folder, node, "state"),
        DataFolder = Path.Combine(folder, node, "data"),
    };

    public async Task StartAsync(AgentSettings settings, CapturedLog? log = null)
    {
        Microsoft.Extensions.Logging.ILoggerFactory loggers = log is null ? NullLoggerFactory.Instance : log;
        HubClient hub = new(settings.Hub, settings.HubCa, TimeProvider.System);
        Directory.CreateDirectory(settings.DataFolder);
        AgentParts parts = new()
        {
            Settings = settings,
            Node = Node,
            Links = Links ?? new MqttLinks(TimeProvider.System),
            Hub = hub,
            Enrollment = new Enrollment(settings, new IdentityStore(settings.StateFolder, new Logged<IdentityStore>(loggers)), hub, new Logged<Enrollment>(loggers)),
            Vetoes = new Vetoes(settings.Vetoes, new ProcFiles(settings.DataFolder)),
            Measure = (_, queue) => new Measurement(Measured(queue), []),
            MachineId = "0123456789abcdef",
            Version = settings.Version,
            Time = Time,
            Chance = () => 0,
        };
        _agent = await FleetAgent.StartAsync(parts, loggers, _stop.Token);
        _run = _agent.RunAsync(_stop.Token);
    }

    /// <summary>Stops in order.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Assert.False(_run.IsFaulted, _run.Exception?.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _agent?.Dispose();
        _stop.Dispose();
    }
}

/// <summary>Keeps what is logged.</summary>
internal sealed class CapturedLog : Microsoft.Extensions.Logging.ILoggerFactory, Microsoft.Extensions.Logging.ILogger
{
    public System.Collections.Concurrent.ConcurrentQueue<string> Lines { get; } = new();

    public void AddProvider(Microsoft.Extensions.Logging.ILoggerProvider provider)
    {
    }

    public Microsoft.Extensions.Logging.ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => true;

    public void Log<TState>(Microsoft.Extensions.Logging.LogLevel logLevel, Microsoft.Extensions.Logging.EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue(formatter(state, exception));

    public void Dispose()
    {
    }
}

/// <summary>A typed logger of a factory.</summary>
internal sealed class Logged<T>(Microsoft.Extensions.Logging.ILoggerFactory factory) : Microsoft.Extensions.Logging.ILogger<T>
{
    private readonly Microsoft.Extensions.Logging.ILogger _inner = factory.CreateLogger(typeof(T).Name);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => _inner.BeginScope(state);

    public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => _inner.IsEnabled(logLevel);

    public void Log<TState>(Microsoft.Extensions.Logging.LogLevel logLevel, Microsoft.Extensions.Logging.EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _inner.Log(logLevel, eventId, state, exception, formatter);
}
