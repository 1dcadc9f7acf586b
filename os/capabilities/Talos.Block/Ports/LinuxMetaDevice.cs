using Talos.Block.Volumes;
using Talos.Disks;
using Talos.Disks.Meta;
using Talos.Linux;

namespace Talos.Block.Ports;

/// <summary>META through its device node.</summary>
internal sealed class LinuxMetaDevice : IMetaDevice
{
    public byte[] Read(string path)
    {
        using BlockDevice device = BlockDevice.Open(path);
        using BlockStream stream = new(device);
        byte[] data = new byte[MetaPartition.Size];
        stream.ReadAtLeast(data, data.Length, throwOnEndOfStream: false);
        return data;
    }

    public void Apply(string path, IReadOnlyList<DiskWrite> plan)
    {
        using BlockDevice device = BlockDevice.Open(path, writable: true);
        if (device.Size() < MetaPartition.Size)
        {
            throw new VolumeException($"{path}: {device.Size()} bytes, META needs {MetaPartition.Size}");
        }

        foreach (DiskWrite write in plan)
        {
            RandomAccess.Write(device.Handle, write.Data.Span, write.Offset);
            device.Sync();
        }
    }
}
