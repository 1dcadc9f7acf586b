using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Talos.Cosi;
using Talos.Network.Ports;
using Talos.Resources.Config;
using Talos.Resources.Network;

namespace Talos.Network.Tests.Integration;

/// <summary>The whole room on the kernel's network; only the files are fakes.</summary>
internal sealed class NetworkNode : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly CancellationTokenSource _stop = new();
    private readonly NetworkKernel _kernel = new();
    private readonly ControllerRuntime _runtime;
    private readonly Lines _log = new();
    private readonly Task _running;

    public NetworkNode()
    {
        State = new InMemoryState(TimeProvider.System);
        _runtime = new ControllerRuntime(State, TimeProvider.System, new Logger<ControllerRuntime>(_log));
        foreach (IController controller in new NetworkModule(TimeProvider.System, _log).Controllers(_kernel, Files, new LinuxDhcpTransports(TimeProvider.System)))
        {
            _runtime.Register(controller);
        }

        _running = _runtime.RunAsync(_stop.Token);
    }

    public InMemoryState State { get; }

    public FakeNodeFiles Files { get; } = new() { BoardIdentity = "11111111-2222-3333-4444-555555555555" };

    public string Log => _log.ToString();

    public void Configure(string yaml)
    {
        Resource<MachineConfig> resource = Resource<MachineConfig>.Create(MachineConfig.ActiveId, new MachineConfig { Yaml = yaml });
        if (State.Get(resource.Address) is null)
        {
            State.Create(resource, "test");
        }
        else
        {
            State.Update(resource, "test");
        }
    }

    public T? Find<T>(string id) where T : class, IResourceSpec<T> =>
        (State.Get(new ResourceAddress(T.Definition.Namespace, T.Definition.Type, id)) as Resource<T>)?.Spec;

    public IEnumerable<string> Ids<T>() where T : class, IResourceSpec<T> => State.List(T.Definition.Namespace, T.Definition.Type).Select(r => r.Id);

    public async Task UntilAsync(string what, Func<bool> reached)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (!reached())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"not reached: {what}\n{Log}\n{string.Join('\n', Ids<AddressStatus>().Concat(Ids<RouteStatus>()))}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _runtime.Dispose();
        _kernel.Dispose();
        _stop.Dispose();
    }

    private sealed class Lines : ILoggerFactory, ILogger
    {
        private readonly List<string> _lines = [];

        public override string ToString()
        {
            lock (_lines)
            {
                return string.Join('\n', _lines);
            }
        }

        public void AddProvider(ILoggerProvider provider) { }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => NullLogger.Instance.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_lines)
            {
                _lines.Add(formatter(state, exception));
            }
        }

        public void Dispose() { }
    }
}
