using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Talos.Block.Ports;
using Talos.Block.Rules;
using Talos.Block.Volumes;
using Talos.Disks;
using Talos.Disks.Gpt;
using Talos.Linux;
using Talos.Resources.Block;

namespace Talos.Block.Tests.Volumes;

/// <summary>Real tools and file systems on a loop device. Its partitions are loop devices too: the kernel of a build machine may not scan any.</summary>
[Trait("Category", "Integration")]
public sealed class LoopDeviceTests : IDisposable
{
    private static readonly Reaper Children = Reaper.Start();

    private readonly string _folder = Directory.CreateTempSubdirectory("talos-loop-").FullName;
    private readonly List<string> _loops = [];
    private readonly VolumeDefinition[] _definitions;
    private string _disk;

    public LoopDeviceTests()
    {
        _definitions =
        [
            .. VolumeDefinition.All.Select(d => d with { Target = $"{_folder}{d.Target}" }),
        ];
        File.WriteAllBytes(Image, []);
        Resize(700L << 20);
        _disk = Losetup("-f", "--show", Image);
        using BlockDevice device = BlockDevice.Open(_disk, writable: true);
        GptTable table = GptTable.Empty(Guid.NewGuid(), 700L << 20, 512).Add("META", PartitionTypes.LinuxData, Guid.NewGuid(), 1 << 20);
        foreach (DiskWrite write in GptWriter.Plan(table, null, new byte[512]))
        {
            RandomAccess.Write(device.Handle, write.Data.Span, write.Offset);
        }
    }

    private string Image => $"{_folder}/disk.img";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Volumes_are_made_kept_grown_and_wiped()
    {
        string config = $"{_folder}/system/state/config.yaml";
        VolumeManager volumes = Manager();
        await BootAsync(volumes);
        Files.WriteAtomically(config, "machine: {}");
        ulong small = FileSystemUsage.Of($"{_folder}/var").Size;
        MountInfo mount = MountInfo.Find($"{_folder}/system/state")!;
        Assert.Equal("ext4", mount.Type);
        Assert.Contains("nosuid,nodev", mount.Options, StringComparison.Ordinal);
        await StopAsync(volumes);

        Resize(1200L << 20);
        Losetup("-c", _disk);
        VolumeManager next = Manager();
        await BootAsync(next);

        Assert.Equal("machine: {}", File.ReadAllText(config));
        Assert.InRange(FileSystemUsage.Of($"{_folder}/var").Size, small + (450UL << 20), ulong.MaxValue);
        await StopAsync(next);

        await next.WipeAsync([VolumeNames.State], Token);
        await BootAsync(next);
        Assert.False(File.Exists(config));
        await StopAsync(next);
    }

    [Fact]
    public async Task What_was_written_atomically_survives_a_power_cut()
    {
        VolumeManager volumes = Manager();
        await BootAsync(volumes);
        Files.WriteAtomically($"{_folder}/system/state/config.yaml", "machine: {}");
        Files.WriteAtomically($"{_folder}/var/images", "pause");

        // A copy of the disk taken while it is in use is what a power cut leaves.
        string cut = $"{_folder}/cut.img";
        CommandResult copy = await Command.RunAsync(Children, "/bin/cp", ["--sparse=always", Image, cut], Token);
        Assert.True(copy.Status.IsSuccess, copy.Output);
        await StopAsync(volumes);
        _disk = Losetup("-f", "--show", cut);
        LinuxFilesystems filesystems = new(Children);
        VolumeManager next = Manager();
        await BootAsync(next);

        Assert.Equal("machine: {}", File.ReadAllText($"{_folder}/system/state/config.yaml"));
        Assert.Equal("pause", File.ReadAllText($"{_folder}/var/images"));
        Assert.False(filesystems.Probe(next.Statuses[VolumeNames.Ephemeral].Location)?.NeedsRecovery);
        await StopAsync(next);
    }

    [Fact]
    public async Task A_busy_volume_cannot_be_unmounted_but_detached()
    {
        LinuxFilesystems filesystems = new(Children);
        VolumeManager volumes = Manager();
        await volumes.MountAsync(VolumeNames.State, Token);
        string target = _definitions[0].Target;

        using (File.Create($"{target}/open"))
        {
            Assert.False(filesystems.TryUnmount(target));
            filesystems.Detach(target);
            Assert.Null(filesystems.FindMount(target));
        }
    }

    public void Dispose()
    {
        foreach (VolumeDefinition volume in _definitions)
        {
            Mounts.TryUnmount(volume.Target, UnmountFlags.Detach);
        }

        foreach (string loop in Enumerable.Reverse(_loops))
        {
            Losetup("-d", loop);
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task BootAsync(VolumeManager volumes)
    {
        foreach (VolumeDefinition volume in _definitions)
        {
            await volumes.MountAsync(volume.Id, Token);
        }
    }

    private async Task StopAsync(VolumeManager volumes)
    {
        foreach (VolumeDefinition volume in _definitions)
        {
            await volumes.UnmountAsync(volume.Id, Token);
        }
    }

    private VolumeManager Manager()
    {
        LoopDisks disks = new(this);
        return new VolumeManager(
            disks, new LinuxFilesystems(Children), new MetaStore(disks, new LinuxMetaDevice(), Guid.NewGuid, NullLogger<MetaStore>.Instance), _definitions,
            TimeProvider.System, NullLogger<VolumeManager>.Instance);
    }

    private void Resize(long size)
    {
        using FileStream file = File.OpenWrite(Image);
        file.SetLength(size);
    }

    private string Losetup(params string[] arguments)
    {
        CommandResult result = Command.RunAsync(Children, "/usr/sbin/losetup", arguments, CancellationToken.None).GetAwaiter().GetResult();
        Assert.True(result.Status.IsSuccess, $"losetup {string.Join(' ', arguments)}: {result.Output}");
        string output = result.Output.Trim();
        if (output.Length > 0)
        {
            _loops.Add(output);
        }

        return output;
    }

    private sealed class LoopDisks(LoopDeviceTests test) : IDisks
    {
        public IReadOnlyDictionary<string, Disk> List() => new Dictionary<string, Disk>();

        public string? FindSystemDisk() => Path.GetFileName(test._disk);

        public IOpenDisk Open(string disk) => new LoopDisk(test, new OpenDisk(disk));

        public IReadOnlyDictionary<string, DiscoveredVolume> Discover(IEnumerable<string> disks) => new Dictionary<string, DiscoveredVolume>();
    }

    private sealed class LoopDisk(LoopDeviceTests test, OpenDisk disk) : IOpenDisk
    {
        public string Path => disk.Path;

        public GptReadResult? ReadTable() => disk.ReadTable();

        public void Apply(IReadOnlyList<DiskWrite> plan) => disk.Apply(plan);

        public byte[] ReadFirstSector() => disk.ReadFirstSector();

        public string Attach(GptTable table, GptPartition partition) => test.Losetup(
            "-f", "--show", "-o", (partition.FirstSector * 512).ToString(CultureInfo.InvariantCulture),
            "--sizelimit", ProvisionRules.Size(table, partition).ToString(CultureInfo.InvariantCulture), test._disk);

        public void Announce(GptPartition partition) { }

        public void Dispose() => disk.Dispose();
    }
}
