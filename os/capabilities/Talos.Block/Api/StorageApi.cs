using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Talos.Api.Storage;
using Talos.Cosi;
using Talos.Resources.Block;
using ApiDisk = Talos.Api.Storage.Disk;
using ApiDisks = Talos.Api.Storage.Disks;
using Disk = Talos.Resources.Block.Disk;

namespace Talos.Block.Api;

/// <summary>The storage API: what the resources say, in the words of the API.</summary>
internal sealed class StorageApi(IState state) : StorageService.StorageServiceBase
{
    public override Task<DisksResponse> Disks(Empty request, ServerCallContext context)
    {
        string? system = List<SystemDisk>().FirstOrDefault()?.Spec.DiskId;
        ApiDisks disks = new();
        disks.Disks_.AddRange(List<Disk>().Select(d => Translate(d.Id, d.Spec, d.Id == system)));
        return Task.FromResult(new DisksResponse { Messages = { disks } });
    }

    internal static ApiDisk Translate(string id, Disk disk, bool isSystemDisk) => new()
    {
        DeviceName = disk.DevicePath,
        Name = id,
        Size = (ulong)disk.Size,
        Model = disk.Model,
        Serial = disk.Serial,
        Modalias = disk.Modalias,
        Uuid = disk.Uuid,
        Wwid = disk.Wwid,
        Type = TypeOf(disk),
        BusPath = disk.BusPath,
        Subsystem = disk.Subsystem,
        Readonly = disk.ReadOnly,
        SystemDisk = isSystemDisk,
    };

    private static ApiDisk.Types.DiskType TypeOf(Disk disk) => disk switch
    {
        { Cdrom: true } => ApiDisk.Types.DiskType.Cd,
        { Transport: "nvme" } => ApiDisk.Types.DiskType.Nvme,
        { Transport: "mmc" } => ApiDisk.Types.DiskType.Sd,
        { Rotational: true } => ApiDisk.Types.DiskType.Hdd,
        _ => ApiDisk.Types.DiskType.Ssd,
    };

    private IEnumerable<Resource<T>> List<T>() where T : class, IResourceSpec<T> =>
        state.List(T.Definition.Namespace, T.Definition.Type).OfType<Resource<T>>();
}
