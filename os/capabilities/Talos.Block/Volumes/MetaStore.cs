using Microsoft.Extensions.Logging;
using Talos.Block.Ports;
using Talos.Disks;
using Talos.Disks.Gpt;
using Talos.Disks.Meta;

namespace Talos.Block.Volumes;

/// <summary>META on the system disk. Values are kept in memory; a write goes to the medium before it returns.</summary>
internal sealed partial class MetaStore(IDisks disks, IMetaDevice device, ILogger<MetaStore> log) : IMeta
{
    private readonly Lock _gate = new();
    private MetaBlock _block = MetaBlock.Empty;

    /// <summary>Raised when values changed; handlers only take note.</summary>
    public event Action? Changed;

    public IReadOnlyDictionary<uint, ReadOnlyMemory<byte>> Values
    {
        get
        {
            MetaBlock block = _block;
            return block.Tags.ToDictionary(t => t, t => block.Find(t)!.Value);
        }
    }

    public void Load()
    {
        lock (_gate)
        {
            MetaReadResult read = MetaPartition.Read(device.Read(Locate()));
            _block = read.Block;
            LogLoaded(_block.Tags.Count(), read.Condition);
        }

        Changed?.Invoke();
    }

    public ReadOnlyMemory<byte>? Find(uint tag) => _block.Find(tag);

    public void Write(uint tag, ReadOnlySpan<byte> value)
    {
        lock (_gate)
        {
            (string path, MetaReadResult current) = Read();
            Store(path, current, current.Block.With(tag, value));
        }

        Changed?.Invoke();
    }

    public bool Delete(uint tag)
    {
        lock (_gate)
        {
            (string path, MetaReadResult current) = Read();
            if (current.Block.Find(tag) is null)
            {
                return false;
            }

            Store(path, current, current.Block.Without(tag));
        }

        Changed?.Invoke();
        return true;
    }

    /// <summary>Removes all values.</summary>
    internal void Clear()
    {
        lock (_gate)
        {
            (string path, MetaReadResult current) = Read();
            Store(path, current, MetaBlock.Empty);
        }

        Changed?.Invoke();
    }

    /// <summary>The medium decides which copy is replaced first.</summary>
    private (string Path, MetaReadResult Current) Read()
    {
        string path = Locate();
        return (path, MetaPartition.Read(device.Read(path)));
    }

    private void Store(string path, MetaReadResult current, MetaBlock block)
    {
        device.Apply(path, MetaPartition.Plan(block, current.Condition));
        _block = block;
    }

    private string Locate()
    {
        string name = disks.FindSystemDisk() ?? throw new VolumeException("the root file system is on no disk");
        using IOpenDisk disk = disks.Open(name);
        GptTable table = disk.ReadTable()?.Table ?? throw new VolumeException($"{disk.Path}: no intact partition table");
        GptPartition partition = table.Find(VolumeNames.Meta) ?? throw new VolumeException($"{disk.Path}: no partition with the label {VolumeNames.Meta}");
        return disk.Attach(table, partition);
    }

    [LoggerMessage(LogLevel.Information, "META loaded: {Count} values, intact copies: {Condition}")]
    private partial void LogLoaded(int count, MetaCondition condition);
}

/// <summary>Reads and writes the META partition.</summary>
internal interface IMetaDevice
{
    /// <summary>Both copies.</summary>
    byte[] Read(string path);

    /// <summary>Carries out writes in order, each on the medium before the next.</summary>
    void Apply(string path, IReadOnlyList<DiskWrite> plan);
}
