using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Talos.Block.Api;
using Talos.Block.Controllers;
using Talos.Block.Ports;
using Talos.Block.Volumes;
using Talos.Cosi;
using Talos.Linux;

namespace Talos.Block;

/// <summary>The room of disks and volumes.</summary>
public sealed class BlockModule
{
    private readonly IState _state;
    private readonly TimeProvider _time;
    private readonly IDisks _disks;
    private readonly IFilesystems _filesystems;
    private readonly IBlockEvents _events;
    private readonly INvmeDisks _nvme;
    private readonly ILoggerFactory _loggers;
    private readonly MetaStore _meta;
    private readonly VolumeManager _volumes;

    /// <summary>The room on this machine's disks.</summary>
    public BlockModule(IState state, Reaper reaper, TimeProvider time, ILoggerFactory loggers)
        : this(state, new LinuxDisks(), new LinuxFilesystems(reaper), new LinuxMetaDevice(), new KernelBlockEvents(), new LinuxNvmeDisks(), time, loggers) { }

    internal BlockModule(
        IState state, IDisks disks, IFilesystems filesystems, IMetaDevice metaDevice, IBlockEvents events, INvmeDisks nvme, TimeProvider time, ILoggerFactory loggers)
    {
        _state = state;
        _time = time;
        _disks = disks;
        _filesystems = filesystems;
        _events = events;
        _nvme = nvme;
        _loggers = loggers;
        _meta = new MetaStore(disks, metaDevice, Guid.NewGuid, loggers.CreateLogger<MetaStore>());
        _volumes = new VolumeManager(disks, filesystems, _meta, VolumeDefinition.All, time, loggers.CreateLogger<VolumeManager>());
    }

    /// <summary>The volumes of the system disk.</summary>
    public IVolumes Volumes => _volumes;

    /// <summary>The values of META; empty until loaded.</summary>
    public IMeta Meta => _meta;

    /// <summary>Registers the controllers.</summary>
    public void Register(ControllerRuntime controllers)
    {
        ArgumentNullException.ThrowIfNull(controllers);
        controllers.Register(new DisksController(_disks, _events));
        controllers.Register(new DiskHealthController(_nvme, _time, _loggers.CreateLogger<DiskHealthController>()));
        controllers.Register(new DiscoveryController(_disks, _volumes, _time));
        controllers.Register(new VolumesController(_volumes, _filesystems, _time));
        controllers.Register(new MetaKeysController(_meta, _time));
    }

    /// <summary>Adds what the API of this room needs.</summary>
    public void AddApi(IServiceCollection services) => services.AddSingleton(new StorageApi(_state));

    /// <summary>Serves <c>storage.StorageService</c>.</summary>
    public static void MapApi(IEndpointRouteBuilder app) => app.MapGrpcService<StorageApi>();
}
