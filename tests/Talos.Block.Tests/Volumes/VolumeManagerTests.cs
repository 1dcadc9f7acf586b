using Microsoft.Extensions.Logging.Abstractions;
using Talos.Block.Volumes;
using Talos.Disks.Gpt;
using Talos.Resources.Block;
using Talos.Testing;

namespace Talos.Block.Tests.Volumes;

public sealed class VolumeManagerTests
{
    private const long GiB = 1L << 30;

    private readonly JumpingTimeProvider _time = new() { Restless = true };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_mount_makes_the_partitions_in_order_with_their_file_systems()
    {
        FakeDisk disk = new(GiB);
        FakeNode node = new(disk);

        await BootAsync(node);

        GptTable table = disk.ReadTable()!.Table;
        Assert.Equal(["ROOT-A", "META", "STATE", "EPHEMERAL"], table.Partitions.Select(p => p.Label));
        Assert.Equal(100 << 20, table.Find("STATE")!.Sectors * 512);
        Assert.Equal(GiB - (1 << 20), (table.Find("EPHEMERAL")!.LastSector + 1) * 512);
        Assert.Equal(["mkfs ext4 STATE", "mkfs xfs EPHEMERAL", "grow /var to 913 MiB"], node.Log);
        Assert.Equal([3, 4], node.Announced);
    }

    [Fact]
    public async Task The_next_boot_formats_nothing_and_finds_what_was_written()
    {
        FakeDisk disk = new(GiB);
        FakeNode first = new(disk);
        await BootAsync(first);
        first.Write("/system/state", "config");
        first.Write("/var", "images");

        FakeNode second = new(disk);
        await BootAsync(second);

        Assert.DoesNotContain(second.Log, l => l.StartsWith("mkfs", StringComparison.Ordinal));
        Assert.Equal(("config", "images"), (second.Read("/system/state"), second.Read("/var")));
    }

    [Fact]
    public async Task Mounting_the_last_volume_first_makes_those_in_front_of_it_too()
    {
        FakeDisk disk = new(GiB);

        await Manager(new FakeNode(disk)).MountAsync("EPHEMERAL", Token);

        Assert.Equal(["ROOT-A", "META", "STATE", "EPHEMERAL"], disk.ReadTable()!.Table.Partitions.Select(p => p.Label));
    }

    [Fact]
    public async Task A_power_cut_at_any_step_of_the_first_boot_is_made_good_by_the_next()
    {
        FakeDisk counted = new(GiB);
        int made = counted.Steps;
        await BootAsync(new FakeNode(counted));
        int steps = counted.Steps - made;

        for (int cut = 0; cut < steps; cut++)
        {
            FakeDisk disk = new(GiB) { StepsLeft = cut };
            bool configWritten = await BootUntilCutAsync(disk);

            disk.StepsLeft = -1;
            FakeNode second = new(disk);
            await BootAsync(second);

            Assert.Equal(["ROOT-A", "META", "STATE", "EPHEMERAL"], disk.ReadTable()!.Table.Partitions.Select(p => p.Label));
            Assert.Equal(configWritten ? "config" : "", second.Read("/system/state"));
        }

        Assert.InRange(steps, 12, 20);
    }

    [Fact]
    public async Task A_volume_once_completed_is_never_formatted_whatever_it_holds()
    {
        FakeDisk disk = new(GiB);
        await BootAsync(new FakeNode(disk));
        disk.Contents[disk.ReadTable()!.Table.Find("STATE")!.FirstSector] = (null, "perhaps it can be saved");
        FakeNode node = new(disk);
        VolumeManager volumes = Manager(node);

        VolumeException error = await Assert.ThrowsAsync<VolumeException>(() => volumes.MountAsync("STATE", Token));

        Assert.Equal("volume STATE: /dev/vda3 holds nothing known instead of ext4; it is not formatted, reset the node to make it anew", error.Message);
        Assert.Empty(node.Log);
        Assert.Equal((VolumePhase.Failed, error.Message), (volumes.Statuses["STATE"].Phase, volumes.Statuses["STATE"].ErrorMessage));
    }

    [Fact]
    public async Task On_a_grown_disk_the_last_volume_grows_and_the_backup_table_moves()
    {
        FakeDisk disk = new(GiB);
        await BootAsync(new FakeNode(disk));
        disk.Size = 2 * GiB;

        FakeNode node = new(disk);
        await BootAsync(node);

        Assert.Equal(["grow /var to 1937 MiB"], node.Log);
        Assert.Equal(GptCondition.Good, disk.ReadTable()!.Condition);
    }

    [Fact]
    public async Task A_power_cut_at_any_step_of_growing_keeps_the_data()
    {
        for (int cut = 0; cut < 6; cut++)
        {
            FakeDisk disk = new(GiB);
            FakeNode first = new(disk);
            await BootAsync(first);
            first.Write("/var", "images");
            disk.Size = 2 * GiB;
            disk.StepsLeft = cut;
            await BootUntilCutAsync(disk);

            disk.StepsLeft = -1;
            FakeNode last = new(disk);
            await BootAsync(last);

            Assert.Equal("images", last.Read("/var"));
            Assert.Contains("grow /var to 1937 MiB", last.Log);
        }
    }

    [Fact]
    public async Task A_wiped_volume_is_made_anew_and_a_power_cut_leaves_it_old_or_void()
    {
        for (int cut = 0; cut < 5; cut++)
        {
            FakeDisk disk = new(GiB);
            FakeNode first = new(disk);
            VolumeManager volumes = await BootAsync(first);
            first.Write("/system/state", "config");
            await volumes.UnmountAsync("STATE", Token);
            disk.StepsLeft = cut;

            bool wiped = await TryAsync(() => volumes.WipeAsync(["STATE"], Token));
            disk.StepsLeft = -1;
            FakeNode second = new(disk);
            await BootAsync(second);

            Assert.Contains(second.Read("/system/state"), (string[])(wiped ? [""] : ["", "config"]));
        }
    }

    [Fact]
    public async Task A_mounted_volume_is_not_wiped()
    {
        FakeDisk disk = new(GiB);
        VolumeManager volumes = await BootAsync(new FakeNode(disk));

        VolumeException error = await Assert.ThrowsAsync<VolumeException>(() => volumes.WipeAsync(["STATE"], Token));

        Assert.Equal("volume STATE is mounted on /system/state: unmount it before it is wiped", error.Message);
    }

    [Fact]
    public async Task A_disk_too_small_is_refused_with_what_is_missing()
    {
        FakeDisk disk = new(200 << 20);

        VolumeException error = await Assert.ThrowsAsync<VolumeException>(() => Manager(new FakeNode(disk)).MountAsync("EPHEMERAL", Token));

        Assert.Equal("volume EPHEMERAL: 93323264 bytes left on the disk, at least 314572800 needed", error.Message);
    }

    [Fact]
    public async Task An_unclean_volume_is_checked_before_it_is_mounted()
    {
        FakeDisk disk = new(GiB);
        await BootAsync(new FakeNode(disk));
        FakeNode node = new(disk) { NeedsRecovery = true };

        await Manager(node).MountAsync("STATE", Token);

        Assert.Equal(["fsck /dev/vda3"], node.Log);
    }

    [Fact]
    public async Task A_volume_that_stays_in_use_is_detached_after_five_seconds()
    {
        FakeDisk disk = new(GiB);
        FakeNode node = new(disk);
        VolumeManager volumes = await BootAsync(node);
        node.Busy = true;

        Task unmount = volumes.UnmountAsync("EPHEMERAL", Token);
        while (!unmount.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await unmount;
        Assert.Equal("detach /var", node.Log[^1]);
        Assert.Equal(VolumePhase.Closed, volumes.Statuses["EPHEMERAL"].Phase);
        await volumes.UnmountAsync("EPHEMERAL", Token);
    }

    [Fact]
    public async Task Mounting_twice_is_mounting_once()
    {
        FakeNode node = new(new FakeDisk(GiB));
        VolumeManager volumes = await BootAsync(node);
        int before = node.Log.Count;

        await volumes.MountAsync("EPHEMERAL", Token);

        Assert.Equal(before, node.Log.Count);
    }

    private VolumeManager Manager(FakeNode node) => new(
        node, node, new MetaStore(node, node, Guid.NewGuid, NullLogger<MetaStore>.Instance), VolumeDefinition.All, _time, NullLogger<VolumeManager>.Instance);

    private async Task<VolumeManager> BootAsync(FakeNode node)
    {
        VolumeManager volumes = Manager(node);
        await volumes.MountAsync("STATE", Token);
        await volumes.MountAsync("EPHEMERAL", Token);
        return volumes;
    }

    /// <summary>Boots, writes a config on STATE as soon as it is there, and goes on until the power fails.</summary>
    /// <returns>Whether the config was written.</returns>
    private async Task<bool> BootUntilCutAsync(FakeDisk disk)
    {
        FakeNode node = new(disk);
        VolumeManager volumes = Manager(node);
        if (!await TryAsync(() => volumes.MountAsync("STATE", Token)))
        {
            return false;
        }

        node.Write("/system/state", "config");
        await TryAsync(() => volumes.MountAsync("EPHEMERAL", Token));
        return true;
    }

    private static async Task<bool> TryAsync(Func<Task> action)
    {
        try
        {
            await action();
            return true;
        }
        catch (PowerCutException)
        {
            return false;
        }
    }
}
