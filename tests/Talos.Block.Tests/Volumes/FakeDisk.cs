using Talos.Block.Ports;
using Talos.Block.Rules;
using Talos.Block.Volumes;
using Talos.Disks;
using Talos.Disks.Gpt;
using Talos.Disks.Meta;
using Talos.Disks.Probing;
using Talos.Linux;
using Talos.Resources.Block;

namespace Talos.Block.Tests.Volumes;

/// <summary>The power fails here: nothing after it happens.</summary>
internal sealed class PowerCutException() : IOException("power cut");

/// <summary>A disk in memory with its file systems: what survives a power cut. Only written sectors take memory.</summary>
internal sealed class FakeDisk
{
    private const int Sector = 512;

    private readonly Dictionary<long, byte[]> _sectors = [];

    public long Size { get; set; }

    /// <summary>What each partition holds, by its first sector: a type and what a user wrote; null type is half made.</summary>
    public Dictionary<long, (string? Type, string Data)> Contents { get; } = [];

    /// <summary>Steps that reach the medium before the power fails; negative for no failure.</summary>
    public int StepsLeft { get; set; } = -1;

    public int Steps { get; private set; }

    public FakeDisk(long size, bool withMeta = true)
    {
        Size = size;
        GptTable table = GptTable.Empty(Guid.NewGuid(), size, Sector).Add("ROOT-A", PartitionTypes.LinuxData, Guid.NewGuid(), 8 << 20);
        table = withMeta ? table.Add("META", PartitionTypes.LinuxData, Guid.NewGuid(), 1 << 20) : table;
        Apply(GptWriter.Plan(table, null, new byte[Sector]));
    }

    public GptReadResult? ReadTable() => GptReader.TryRead(new View(this), Sector);

    public byte[] Read(long offset, int length)
    {
        byte[] data = new byte[length];
        for (int i = 0; i < length; i += Sector)
        {
            _sectors.GetValueOrDefault((offset + i) / Sector)?.AsSpan(0, Math.Min(Sector, length - i)).CopyTo(data.AsSpan(i));
        }

        return data;
    }

    public void Apply(IReadOnlyList<DiskWrite> plan, long start = 0)
    {
        foreach (DiskWrite write in plan)
        {
            bool torn = NextStepFails();
            for (int i = 0; i < write.Data.Length; i += torn ? 2 * Sector : Sector)
            {
                _sectors[(start + write.Offset + i) / Sector] = write.Data.Slice(i, Sector).ToArray();
            }

            ThrowWhen(torn);
        }
    }

    /// <summary>One step on a partition; what it leaves when the power fails in its midst is <paramref name="half"/>.</summary>
    public void Change(long first, (string? Type, string Data) half, (string? Type, string Data) whole)
    {
        bool fails = NextStepFails();
        Contents[first] = fails ? half : whole;
        ThrowWhen(fails);
    }

    private bool NextStepFails()
    {
        Steps++;
        return StepsLeft >= 0 && StepsLeft-- == 0;
    }

    private static void ThrowWhen(bool fails)
    {
        if (fails)
        {
            throw new PowerCutException();
        }
    }

    private sealed class View(FakeDisk disk) : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => true;
        public override bool CanWrite => false;
        public override long Length => disk.Size;
        public override long Position { get; set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            disk.Read(Position, count).CopyTo(buffer, offset);
            Position += count;
            return count;
        }

        public override int Read(Span<byte> buffer)
        {
            disk.Read(Position, buffer.Length).CopyTo(buffer);
            Position += buffer.Length;
            return buffer.Length;
        }

        public override long Seek(long offset, SeekOrigin origin) => Position = offset;
        public override void Flush() { }
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

/// <summary>A node that runs on a <see cref="FakeDisk"/>: what is lost at each boot.</summary>
internal sealed class FakeNode(FakeDisk disk) : IDisks, IFilesystems, IMetaDevice
{
    private readonly Dictionary<string, (long First, long Length)> _partitions = [];
    private readonly Dictionary<string, string> _mounts = [];

    public List<string> Log { get; } = [];

    public List<int> Announced { get; } = [];

    public bool Busy { get; set; }

    public bool NeedsRecovery { get; set; }

    public IReadOnlyDictionary<string, Disk> List() => new Dictionary<string, Disk>
    {
        ["vda"] = new() { DevicePath = "/dev/vda", Size = disk.Size },
        ["vdb"] = new() { DevicePath = "/dev/vdb", Size = 1000 },
    };

    public string? FindSystemDisk() => "vda";

    public IOpenDisk Open(string name) => new Opened(this, disk);

    public IReadOnlyDictionary<string, DiscoveredVolume> Discover(IEnumerable<string> disks) => disks.ToDictionary(
        d => $"{d}2", d => new DiscoveredVolume { DevicePath = $"/dev/{d}2", Type = "partition", Size = 1 << 20, Parent = d, PartitionLabel = "META", PartitionIndex = 2 });

    public ProbeResult? Probe(string device) =>
        disk.Contents.GetValueOrDefault(_partitions[device].First).Type is { } type ? new ProbeResult(type) { NeedsRecovery = NeedsRecovery } : null;

    public Task MakeAsync(string type, string device, string label, CancellationToken ct)
    {
        Log.Add($"mkfs {type} {label}");
        disk.Change(_partitions[device].First, half: (type, "half made"), whole: (type, ""));
        return Task.CompletedTask;
    }

    public Task CheckAsync(string type, string device, CancellationToken ct)
    {
        Log.Add($"fsck {device}");
        return Task.CompletedTask;
    }

    public void Mount(string device, string target, string type)
    {
        Assert.NotEqual("half made", disk.Contents[_partitions[device].First].Data);
        _mounts[target] = device;
    }

    public bool Grow(string device, string target, string type)
    {
        Log.Add($"grow {target} to {_partitions[device].Length >> 20} MiB");
        return true;
    }

    public MountInfo? FindMount(string target) => !_mounts.TryGetValue(target, out string? device) ? null : new MountInfo
    {
        Id = 1,
        ParentId = 0,
        Device = "1:1",
        Root = "/",
        MountPoint = target,
        Options = "rw,nosuid",
        Type = "fs",
        Source = device,
        SuperOptions = "",
    };

    public bool TryUnmount(string target) => !Busy && _mounts.Remove(target);

    public void Detach(string target)
    {
        Log.Add($"detach {target}");
        _mounts.Remove(target);
    }

    public void Wipe(string device)
    {
        Log.Add($"wipe {device}");
        disk.Change(_partitions[device].First, half: (disk.Contents[_partitions[device].First].Type, "half wiped"), whole: (null, ""));
    }

    byte[] IMetaDevice.Read(string path) => disk.Read(_partitions[path].First * 512, MetaPartition.Size);

    void IMetaDevice.Apply(string path, IReadOnlyList<DiskWrite> plan) => disk.Apply(plan, _partitions[path].First * 512);

    /// <summary>Writes a file on a mounted volume.</summary>
    public void Write(string target, string data)
    {
        long first = _partitions[_mounts[target]].First;
        disk.Contents[first] = disk.Contents[first] with { Data = data };
    }

    public string Read(string target) => disk.Contents[_partitions[_mounts[target]].First].Data;

    private sealed class Opened(FakeNode node, FakeDisk disk) : IOpenDisk
    {
        public string Path => "/dev/vda";

        public GptReadResult? ReadTable() => disk.ReadTable();

        public void Apply(IReadOnlyList<DiskWrite> plan) => disk.Apply(plan);

        public byte[] ReadFirstSector() => disk.Read(0, 512);

        public string Attach(GptTable table, GptPartition partition)
        {
            string path = $"/dev/{ProvisionRules.PartitionName("vda", partition.Number)}";
            node._partitions[path] = (partition.FirstSector, ProvisionRules.Size(table, partition));
            return path;
        }

        public void Announce(GptPartition partition) => node.Announced.Add(partition.Number);

        public void Dispose() { }
    }
}
