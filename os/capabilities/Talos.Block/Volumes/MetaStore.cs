using Microsoft.Extensions.Logging;
using Talos.Block.Ports;
using Talos.Block.Rules;
using Talos.Disks;
using Talos.Disks.Gpt;
using Talos.Disks.Meta;

namespace Talos.Block.Volumes;

/// <summary>META on the system disk. Values are kept in memory; a write goes to the medium before it returns.</summary>
/// <param name="disks">Finds the partition.</param>
/// <param name="device">Reads and writes it.</param>
/// <param name="draw">Draws the GUID of a disk.</param>
/// <param name="log">Where to tell.</param>
internal sealed partial class MetaStore(IDisks disks, IMetaDevice device, Func<Guid> draw, ILogger<MetaStore> log) : IMeta
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
            return block.Tags.Where(t => t != MetaTag.DiskIdentity).ToDictionary(t => t, t => block.Find(t)!.Value);
        }
    }

    public void Load()
    {
        lock (_gate)
        {
            MetaAtDisk read = Read();
            _block = read.Block;
            if (read.Origin is MetaOrigin.FormerLife)
            {
                LogFormerLife(read.Found.Block.Tags.Count() - 1, IdentityRules.Noted(read.Found.Block)!.Value, read.Disk);
            }

            LogLoaded(Values.Count, read.Found.Condition);
            if (read.Origin is not MetaOrigin.ThisLife)
            {
                Draw(read);
            }
        }

        Changed?.Invoke();
    }

    public ReadOnlyMemory<byte>? Find(uint tag) => _block.Find(tag);

    public void Write(uint tag, ReadOnlySpan<byte> value)
    {
        RequireOwnTag(tag);
        lock (_gate)
        {
            MetaAtDisk current = Read();
            Store(current, current.Block.With(tag, value));
        }

        Changed?.Invoke();
    }

    public bool Delete(uint tag)
    {
        RequireOwnTag(tag);
        lock (_gate)
        {
            MetaAtDisk current = Read();
            if (current.Block.Find(tag) is null)
            {
                return false;
            }

            Store(current, current.Block.Without(tag));
        }

        Changed?.Invoke();
        return true;
    }

    /// <summary>Removes all values.</summary>
    internal void Clear()
    {
        lock (_gate)
        {
            MetaAtDisk current = Read();
            Store(current, current.Origin is MetaOrigin.ThisLife ? IdentityRules.Note(MetaBlock.Empty, current.Disk) : MetaBlock.Empty);
        }

        Changed?.Invoke();
    }

    private static void RequireOwnTag(uint tag)
    {
        if (tag == MetaTag.DiskIdentity)
        {
            throw new InvalidDataException($"meta tag 0x{tag:x} is the disk's identity, which the node writes alone");
        }
    }

    /// <summary>Draws the disk's GUID where it is not noted. A medium that takes no writes keeps nobody from starting.</summary>
    private void Draw(MetaAtDisk read)
    {
        using IOpenDisk disk = disks.Open(SystemDiskName());
        try
        {
            // The note comes last: a power cut in between draws anew.
            GptReadResult found = disk.ReadTable() ?? throw new VolumeException($"{disk.Path}: no intact partition table");
            GptTable drawn = found.Table with { DiskId = draw() };
            disk.Apply(GptWriter.Plan(drawn, found.Condition, disk.ReadFirstSector()));
            Store(read, IdentityRules.Note(_block, drawn.DiskId));
            LogDrawn(disk.Path, drawn.DiskId);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or VolumeException)
        {
            LogNotDrawn(disk.Path, e.Message);
        }
    }

    /// <summary>The medium decides which copy is replaced first; values of a former life of the disk count for nothing.</summary>
    private MetaAtDisk Read()
    {
        (string path, Guid disk) = Locate();
        MetaReadResult read = MetaPartition.Read(device.Read(path));
        MetaOrigin origin = IdentityRules.Judge(read.Block, disk);
        return new MetaAtDisk(path, origin is MetaOrigin.FormerLife ? MetaBlock.Empty : read.Block, read, origin, disk);
    }

    private void Store(MetaAtDisk current, MetaBlock block)
    {
        device.Apply(current.Path, MetaPartition.Plan(block, current.Found.Condition));
        _block = block;
    }

    private (string Path, Guid Disk) Locate()
    {
        using IOpenDisk disk = disks.Open(SystemDiskName());
        GptTable table = disk.ReadTable()?.Table ?? throw new VolumeException($"{disk.Path}: no intact partition table");
        GptPartition partition = table.Find(VolumeNames.Meta) ?? throw new VolumeException($"{disk.Path}: no partition with the label {VolumeNames.Meta}");
        return (disk.Attach(table, partition), table.DiskId);
    }

    private string SystemDiskName() => disks.FindSystemDisk() ?? throw new VolumeException("the root file system is on no disk");

    [LoggerMessage(LogLevel.Warning, "META holds {Count} values of a former life of this disk, which was {Before} then and is {Now}: they are discarded, with the update journal")]
    private partial void LogFormerLife(int count, Guid before, Guid now);

    [LoggerMessage(LogLevel.Information, "{Disk} is {Id} from now on; META belongs to it")]
    private partial void LogDrawn(string disk, Guid id);

    [LoggerMessage(LogLevel.Warning, "{Disk} got no identity of its own, tried again at the next start: {Problem}")]
    private partial void LogNotDrawn(string disk, string problem);

    [LoggerMessage(LogLevel.Information, "META loaded: {Count} values, intact copies: {Condition}")]
    private partial void LogLoaded(int count, MetaCondition condition);
}

/// <summary>META as it is on the medium.</summary>
/// <param name="Path">Device node.</param>
/// <param name="Block">The values that count.</param>
/// <param name="Found">What is there.</param>
/// <param name="Origin">Whose values these are.</param>
/// <param name="Disk">GUID of the disk.</param>
internal sealed record MetaAtDisk(string Path, MetaBlock Block, MetaReadResult Found, MetaOrigin Origin, Guid Disk);

/// <summary>Reads and writes the META partition.</summary>
internal interface IMetaDevice
{
    /// <summary>Both copies.</summary>
    byte[] Read(string path);

    /// <summary>Carries out writes in order, each on the medium before the next.</summary>
    void Apply(string path, IReadOnlyList<DiskWrite> plan);
}
