using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Talos.Hardware;
using Talos.Kernel;
using Talos.Machined.Controllers;
using Talos.Machined.Node;
using Talos.Machined.Sequences;
using Talos.Network;
using Talos.Services.Controllers;

namespace Talos.Machined;

/// <summary>Which rooms this node has: a list to read, nothing is searched for.</summary>
internal sealed class Wiring
{
    private readonly NodeContext _node;
    private readonly KernelModule _kernel;

    public Wiring(NodeContext node)
    {
        _node = node;
        _kernel = new KernelModule(node.Options.CommandLine, node.Loggers);
        Api = new ApiHost(node.Options.SocketPath, node.Loggers, AddApi, MapApi);
        Tasks = new NodeTasksFactory(node, Api, node.Loggers.CreateLogger<NodeTasksFactory>()).Create();
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
        _kernel.Register(_node.Controllers);
        new NetworkModule(_node.Time, _node.Loggers).Register(_node.Controllers);
        HardwareModule.Register(_node.Controllers);
    }

    /// <summary>What the API's services need.</summary>
    private static void AddApi(IServiceCollection services)
    {
        services.AddGrpc();
    }

    /// <summary>The API's services.</summary>
    private static void MapApi(WebApplication app)
    {
    }
}
