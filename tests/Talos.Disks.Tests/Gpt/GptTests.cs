using CsCheck;
using Talos.Disks.Gpt;

namespace Talos.Disks.Tests.Gpt;

public sealed class GptTests
{
    private const int MiB = 1024 * 1024;
    private static readonly Guid DiskId = new("11111111-2222-3333-4444-555555555555");
    private static readonly Guid PartitionId = new("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee");

    [Theory]
    [InlineData(512)]
    [InlineData(4096)]
    public void A_table_is_read_as_it_was_written(int sectorSize)
    {
        GptTable table = Installed(32 * MiB, sectorSize);

        GptReadResult? read = GptReader.TryRead(new MemoryStream(Disk(table)), sectorSize);

        Assert.Equal(new GptReadResult(table, GptCondition.Good), read);
    }

    [Fact]
    public void Partitions_are_aligned_and_follow_each_other()
    {
        GptTable table = Installed(32 * MiB, 512).Add("STATE", PartitionTypes.LinuxData, PartitionId, (3 * MiB) - 100)
            .Add("EPHEMERAL", PartitionTypes.LinuxData, PartitionId, size: null);

        Assert.Equal([1, 5, 6, 9], table.Partitions.Select(p => p.FirstSector * 512 / MiB));
        Assert.Equal((4, 31L * MiB), (table.Find("EPHEMERAL")!.Number, (table.Find("EPHEMERAL")!.LastSector + 1) * 512));
        Assert.All(table.Partitions, p => Assert.Equal(0, p.Sectors * 512 % MiB));
    }

    [Fact]
    public void A_grown_disk_gets_its_backup_at_the_end_and_the_last_partition_grows()
    {
        GptTable old = Installed(16 * MiB, 512).Add("EPHEMERAL", PartitionTypes.LinuxData, PartitionId, null);
        byte[] grown = new byte[64 * MiB];
        Disk(old).CopyTo(grown, 0);

        GptReadResult found = GptReader.TryRead(new MemoryStream(grown), 512)!;
        GptTable table = found.Table.Grow("EPHEMERAL");
        PowerCut.Apply(grown, GptWriter.Plan(table, found.Condition, grown.AsSpan(0, 512)));

        Assert.Equal(GptCondition.BackupStale, found.Condition);
        Assert.Equal(63L * MiB, (table.Find("EPHEMERAL")!.LastSector + 1) * 512);
        Assert.Equal(new GptReadResult(table, GptCondition.Good), GptReader.TryRead(new MemoryStream(grown), 512));
        Assert.Same(table, table.Grow("EPHEMERAL"));
        Assert.Same(table, table.Grow("META"));
    }

    [Fact]
    public void A_damaged_primary_is_repaired_from_the_backup()
    {
        GptTable table = Installed(16 * MiB, 512);
        byte[] disk = Disk(table);
        disk.AsSpan(512, 4096).Fill(0xFF);

        GptReadResult found = GptReader.TryRead(new MemoryStream(disk), 512)!;
        PowerCut.Apply(disk, GptWriter.Plan(found.Table, found.Condition, disk.AsSpan(0, 512)));

        Assert.Equal(new GptReadResult(table, GptCondition.PrimaryDamaged), found);
        Assert.Equal(new GptReadResult(table, GptCondition.Good), GptReader.TryRead(new MemoryStream(disk), 512));
    }

    [Fact]
    public void A_power_cut_at_any_moment_leaves_the_old_or_the_new_table()
    {
        GptTable old = Installed(16 * MiB, 512);
        GptTable wanted = old.Add("STATE.new", PartitionTypes.LinuxData, PartitionId, 2 * MiB);
        byte[] good = Disk(old);
        byte[] damaged = [.. good];
        damaged.AsSpan(1024, 512).Fill(0xFF);

        foreach ((byte[] disk, GptCondition condition) in ((byte[], GptCondition)[])[(good, GptCondition.Good), (damaged, GptCondition.PrimaryDamaged)])
        {
            IReadOnlyList<DiskWrite> plan = GptWriter.Plan(wanted, condition, disk.AsSpan(0, 512));
            Gen.Select(Gen.Int[0, plan.Count - 1], Gen.Int).Sample(
                (step, seed) =>
                {
                    GptTable? left = GptReader.TryRead(new MemoryStream(PowerCut.Cut(disk, plan, step, seed)), 512)?.Table;
                    return left is not null && (left.Equals(old) || left.Equals(wanted));
                },
                iter: 40, threads: 1);
        }
    }

    [Fact]
    public void Damage_is_noticed_or_harmless_and_never_throws()
    {
        GptTable table = Installed(4 * MiB, 512, small: true);
        byte[] disk = Disk(table);

        Gen.Select(Gen.Int[0, 17_000], Gen.Byte, Gen.Bool).Sample(
            (offset, value, atEnd) =>
            {
                byte[] damaged = [.. disk];
                damaged[atEnd ? damaged.Length - 1 - offset : offset] ^= value;
                GptReadResult? read = GptReader.TryRead(new MemoryStream(damaged), 512);
                return read is not null && read.Table.Equals(table);
            },
            iter: 500, threads: 1);
    }

    [Fact]
    public void Random_bytes_with_the_signature_are_no_table()
    {
        Gen.Byte.Array[16 * 512].Sample(
            bytes =>
            {
                "EFI PART"u8.CopyTo(bytes.AsSpan(512));
                return GptReader.TryRead(new MemoryStream(bytes), 512) is null;
            },
            iter: 200, threads: 1);
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_the_bytes_left()
    {
        GptTable table = Installed(16 * MiB, 512);

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => table.Add("STATE", PartitionTypes.LinuxData, PartitionId, 100L * MiB));

        Assert.Equal("no space for partition STATE: 9437184 bytes left, 104857600 wanted", error.Message);
        Assert.Throws<InvalidDataException>(() => table.Add("META", PartitionTypes.LinuxData, PartitionId, MiB));
        Assert.Throws<InvalidDataException>(() => table.Add(new string('x', 37), PartitionTypes.LinuxData, PartitionId, MiB));
        Assert.Throws<InvalidDataException>(() => table.Resize(4 * MiB));
    }

    [Fact]
    public void The_boot_code_is_kept_and_the_protective_record_covers_the_disk()
    {
        GptTable table = Installed(16 * MiB, 512);
        byte[] sector = new byte[512];
        sector.AsSpan(0, 440).Fill(0x90);

        byte[] written = GptWriter.Plan(table, null, sector)[^1].Data.ToArray();

        Assert.All(written[..440], b => Assert.Equal(0x90, b));
        Assert.Equal((0xEE, 0x55, 0xAA), (written[450], written[510], written[511]));
        Assert.Equal((16 * MiB / 512) - 1, BitConverter.ToInt32(written, 458));
    }

    internal static GptTable Installed(long size, int sectorSize, bool small = false) => GptTable.Empty(DiskId, size, sectorSize)
        .Add("EFI", PartitionTypes.EfiSystem, PartitionId, small ? MiB : 4 * MiB)
        .Add("META", PartitionTypes.LinuxData, PartitionId, MiB);

    internal static byte[] Disk(GptTable table)
    {
        byte[] disk = new byte[table.DiskSectors * table.SectorSize];
        PowerCut.Apply(disk, GptWriter.Plan(table, null, new byte[512]));
        return disk;
    }
}
