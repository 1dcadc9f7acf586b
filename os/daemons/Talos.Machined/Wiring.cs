using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Talos.Block;
using Talos.Containers;
using Talos.Fleet.Agent;
using Talos.Hardware;
using Talos.Kernel;
using Talos.Kubernetes;
using Talos.Linux;
using Talos.Machined.Api;
using Talos.Machined.Configuration;
using Talos.Machined.Controllers;
using Talos.Machined.Events;
using Talos.Machined.Lifecycle;
using Talos.Machined.Logging;
using Talos.Machined.Node;
using Talos.Machined.Sequences;
using Talos.Machined.Updates;
using Talos.Machined.Watchdogs;
using Talos.Network;
using Talos.Resources.Runtime;
using Talos.Secrets;
using Talos.Services.Controllers;
using Talos.Time;

namespace Talos.Machined;

/// <summary>Which rooms this node has: a list to read, nothing is searched for.</summary>
internal sealed class Wiring : IDisposable
{
    private readonly NodeContext _node;
    private readonly KernelModule _kernel;
    private readonly ConfigurationService _config;
    private readonly ContainersModule _containers;
    private readonly KubernetesModule _kubernetes;
    private readonly BlockModule _block;
    private readonly EventLog _events;
    private readonly TimeModule _time;
    private readonly BoardWatchdog _watchdog;
    private readonly UpdateModule _updates;

    public Wiring(NodeContext node)
    {
        _node = node;
        _time = new TimeModule(node.State, node.Time, node.Loggers);
        _time.SetStartClock();
        _events = new EventLog(node.Time);
        _ = new EventPublisher(_events, node.Events, node.State);
        _kernel = new KernelModule(node.Options.CommandLine, node.Loggers);
        Api = new ApiHost(node.Options.SocketPath, node.Loggers, AddApi, MapApi);
        _config = new ConfigurationService(
            new ConfigStore(new StateConfigFile(MountTasks.State)),
            new ConfigPublisher(node.State),
            node.Events,
            node.Time,
            node.Loggers.CreateLogger<ConfigurationService>());
        _containers = new ContainersModule(node.Time, node.Loggers);
        _kubernetes = new KubernetesModule(node.Reaper, node.Time, node.Loggers);
        _block = new BlockModule(node.State, node.Reaper, node.Time, node.Loggers);
        _watchdog = new BoardWatchdog(LinuxWatchdog.TryOpen, node.Loggers.CreateLogger<BoardWatchdog>());
        _updates = new UpdateModule(node, _block.Meta, _config, Restart);
        NodeRooms rooms = new(_config, _block.Volumes, _block.Meta, _containers.Pods, _watchdog, _updates);
        Tasks = new NodeTasksFactory(node, Api, rooms, node.Loggers.CreateLogger<NodeTasksFactory>()).Create();
    }

    /// <summary>Serves the API.</summary>
    public ApiHost Api { get; }

    /// <summary>What the sequences are made of.</summary>
    public NodeTasks Tasks { get; }

    /// <summary>Registers the controllers of all rooms.</summary>
    public void Register()
    {
        _node.Controllers.Register(new ServiceController(_node.Services));
        _node.Controllers.Register(new MachineStatusController(_node.Stage));
        _node.Controllers.Register(Watchdog());
        _node.Controllers.Register(new FleetAgentController(
            AgentSettings.DefaultPath, UpdateEngineFactory.BoardName(_node.Options.BoardFile), UpdateEngineFactory.Version(_node.Options.OsReleaseFile)));
        _updates.Register(_node.Controllers);
        _kernel.Register(_node.Controllers);
        new NetworkModule(_node.Time, _node.Loggers).Register(_node.Controllers);
        HardwareModule.Register(_node.Controllers);
        _time.Register(_node.Controllers);
        _block.Register(_node.Controllers);
        _containers.Register(_node.Controllers);
        _kubernetes.Register(_node.Controllers);
        new SecretsModule(_node.Time, _node.Loggers).Register(_node.Controllers);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _updates.Dispose();
        _config.Dispose();
        _containers.Dispose();
        _kubernetes.Dispose();
    }

    private string Restart()
    {
        string actorId = _node.Sequencer.Start(RebootSequence.Plan(new RebootOptions(RebootMode.Graceful), Tasks));
        _node.Stage.Set(MachineStage.Rebooting);
        return actorId;
    }

    private WatchdogController Watchdog()
    {
        LoopPulse pulse = new(_node.Time);
        pulse.Add("the sequencer", _ => Task.FromResult(_node.Sequencer.Current));
        pulse.Add("the API", ct => Api.Serves ? ApiPulse.AskAsync(_node.Options.SocketPath, ct) : Task.CompletedTask);
        string? board = KernelCommandLine.Parse(_node.Options.CommandLine).Find(WatchdogRules.Argument);
        return new WatchdogController(_watchdog, board, pulse, _node.Time, _node.Loggers.CreateLogger<WatchdogController>());
    }

    /// <summary>What the API's services need.</summary>
    private void AddApi(IServiceCollection services)
    {
        ApiModule.Add(services, new ApiContext(
            _node, Tasks, _config, _containers.Queries, new UserMeta(_block.Meta), _events, new KernelLogTail(KernelLog.Open), _updates));
        _block.AddApi(services);
        _time.AddApi(services);
    }

    /// <summary>The API's services.</summary>
    private static void MapApi(WebApplication app)
    {
        ApiModule.Map(app);
        BlockModule.MapApi(app);
        TimeModule.MapApi(app);
    }
}
