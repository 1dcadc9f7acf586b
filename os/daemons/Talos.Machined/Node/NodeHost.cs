using Microsoft.Extensions.Logging;
using Talos.Cosi;
using Talos.Linux;
using Talos.Machined.Logging;
using Talos.Machined.Sequences;
using Talos.Resources.Runtime;
using Talos.Services;
using Talos.Services.Logs;

namespace Talos.Machined.Node;

/// <summary>The node as a whole: state, controllers, services, API and sequences, made and run in this order.</summary>
internal sealed partial class NodeHost : IDisposable
{
    /// <summary>Kernel argument that brings the output of all services to the console.</summary>
    private const string DebugArgument = "talos.debug";

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(5);

    private readonly NodeContext _node;
    private readonly Wiring _wiring;
    private readonly ILogger<NodeHost> _log;

    private NodeHost(NodeContext node)
    {
        _node = node;
        _log = node.Loggers.CreateLogger<NodeHost>();
        _wiring = new Wiring(node);
    }

    /// <summary>The shared parts.</summary>
    public NodeContext Context => _node;

    /// <summary>The tasks of the sequences.</summary>
    public NodeTasks Tasks => _wiring.Tasks;

    /// <summary>The API's host.</summary>
    public ApiHost Api => _wiring.Api;

    /// <summary>Makes the node; nothing runs yet.</summary>
    /// <param name="options">Paths and switches.</param>
    /// <param name="kmsg">The kernel log; null to do without.</param>
    /// <param name="reaper">The reaper of this process.</param>
    /// <param name="time">The clock.</param>
    public static NodeHost Create(NodeOptions options, KmsgWriter? kmsg, Reaper reaper, TimeProvider time)
    {
        ServiceLogs logs = new(options.LogDirectory, time);
        if (kmsg is not null && KernelCommandLine.Parse(options.CommandLine).Find(DebugArgument) is not null)
        {
            logs.Echo = (id, data) => KmsgEcho.Write(kmsg, id, data);
        }

        LoggerFactory loggers = new([new KmsgLoggerProvider(kmsg, logs, time)]);
        NodeEvents events = new();
        InMemoryState state = new(time);
        PipePump pump = PipePump.Start();
        ServiceManager services = ServiceManagerFactory.Create(reaper, pump, logs, events, loggers, options.Launcher);
        services.AddOwn(KmsgLoggerProvider.LogName);
        return new NodeHost(new NodeContext
        {
            Options = options,
            Time = time,
            Loggers = loggers,
            Reaper = reaper,
            Pump = pump,
            State = state,
            Controllers = new ControllerRuntime(state, time, loggers.CreateLogger<ControllerRuntime>()),
            Services = services,
            Logs = logs,
            Events = events,
            Stage = new NodeStage(),
            Sequencer = new Sequencer(events, time, loggers.CreateLogger<Sequencer>()),
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _wiring.Dispose();
        _node.Controllers.Dispose();
    }

    /// <summary>Registers the rooms and runs controllers and logs until cancelled.</summary>
    public Task RunAsync(CancellationToken ct)
    {
        _wiring.Register();
        return Task.WhenAll(_node.Controllers.RunAsync(ct), _node.Logs.RunAsync(_log, ct));
    }

    /// <summary>Brings the node up; after a failure it stays reachable and tries again.</summary>
    /// <param name="wipe">Labels of partitions to wipe first.</param>
    /// <param name="ct">Ends trying.</param>
    public async Task BringUpAsync(IReadOnlyList<string> wipe, CancellationToken ct)
    {
        TimeSpan pause = FirstRetry;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await _node.Sequencer.RunAsync(InitializeSequence.Plan(wipe, Tasks), ct);
                await _node.Sequencer.RunAsync(BootSequence.Plan(Tasks), ct);
                _node.Stage.Set(MachineStage.Running);
                return;
            }
            catch (Exception e) when (e is OperationCanceledException or SequenceBusyException)
            {
                return;
            }
            catch (SequenceFailedException e)
            {
                LogRetry(pause.TotalSeconds, e.Message);
                _node.Stage.Set(MachineStage.Booting, e.Message);
                await Api.StartAsync(ct);
            }

            await Task.Delay(pause, _node.Time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < LongestRetry ? pause * 2 : LongestRetry;
        }
    }

    /// <summary>Starts a sequence that brings the node down, and shows its stage.</summary>
    public string BringDown(Sequence sequence, MachineStage stage)
    {
        string actorId = _node.Sequencer.Start(sequence);
        _node.Stage.Set(stage);
        return actorId;
    }

    [LoggerMessage(LogLevel.Error, "The node is not up; next try in {Seconds} s: {Problem}")]
    private partial void LogRetry(double seconds, string problem);
}
