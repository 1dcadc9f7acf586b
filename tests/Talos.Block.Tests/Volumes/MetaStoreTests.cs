using Microsoft.Extensions.Logging.Abstractions;
using Talos.Block.Rules;
using Talos.Block.Volumes;
using Talos.Disks.Gpt;
using Talos.Disks.Meta;

namespace Talos.Block.Tests.Volumes;

public sealed class MetaStoreTests
{
    private readonly FakeDisk _disk = new(64 << 20);

    [Fact]
    public void A_value_is_there_after_a_boot_and_gone_once_deleted()
    {
        MetaStore first = Store();
        first.Write(MetaTag.User1, "hello"u8);

        MetaStore second = Store();
        second.Load();

        Assert.Equal("hello"u8.ToArray(), second.Find(MetaTag.User1)!.Value.ToArray());
        Assert.Equal([MetaTag.User1], second.Values.Keys);
        Assert.True(second.Delete(MetaTag.User1));
        Assert.False(second.Delete(MetaTag.User1));
        MetaStore third = Store();
        third.Load();
        Assert.Empty(third.Values);
    }

    [Fact]
    public void A_power_cut_while_writing_leaves_the_old_or_the_new_value()
    {
        Store().Write(MetaTag.Upgrade, "A"u8);
        for (int round = 0; round < 8; round++)
        {
            _disk.StepsLeft = round % 2;
            Assert.Throws<PowerCutException>(() => Store().Write(MetaTag.Upgrade, "B"u8));

            _disk.StepsLeft = -1;
            MetaStore after = Store();
            after.Load();
            Assert.Contains(after.Find(MetaTag.Upgrade)!.Value.Span[0], "AB"u8.ToArray());
        }
    }

    [Fact]
    public void A_disk_without_the_partition_is_an_error_that_says_so()
    {
        FakeNode node = new(new FakeDisk(64 << 20, withMeta: false));

        VolumeException error = Assert.Throws<VolumeException>(() => new MetaStore(node, node, Guid.NewGuid, NullLogger<MetaStore>.Instance).Load());

        Assert.Equal("/dev/vda: no partition with the label META", error.Message);
    }

    [Fact]
    public void A_disk_gets_an_identity_of_its_own_at_the_first_start_and_keeps_it()
    {
        Guid image = Disk;
        Loaded();
        Guid drawn = Disk;
        Loaded();
        Loaded();

        Assert.NotEqual(image, drawn);
        Assert.Equal(drawn, Disk);
        Assert.Equal(GptCondition.Good, _disk.ReadTable()!.Condition);
    }

    [Fact]
    public void Values_of_a_release_that_noted_no_identity_are_adopted()
    {
        Put(MetaBlock.Empty.With(MetaTag.User1, "hello"u8).With(0x80, "journal"u8));

        MetaStore store = Loaded();

        Assert.Equal([MetaTag.User1, 0x80], store.Values.Keys);
        Assert.Equal("journal"u8.ToArray(), Loaded().Find(0x80)!.Value.ToArray());
        Assert.Equal(Disk, IdentityRules.Noted(Medium()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Values_of_a_former_life_are_discarded_when_the_disk_was_written_anew(bool readFirst)
    {
        Loaded().Write(0x80, "floor, failed versions"u8);
        Reflash();

        MetaStore store = readFirst ? Loaded() : Store();
        if (!readFirst)
        {
            // META could not be read at the start; the first write must not bring the old values back.
            store.Write(MetaTag.User1, "new"u8);
        }

        Assert.Null(store.Find(0x80));
        Assert.Null(Medium().Find(0x80));
        Assert.Null(Loaded().Find(0x80));
    }

    [Fact]
    public void A_power_cut_at_any_step_neither_loses_values_of_this_life_nor_brings_back_a_former_one()
    {
        for (int cut = 0; cut < 8; cut++)
        {
            FakeDisk adopted = new(64 << 20);
            Put(MetaBlock.Empty.With(MetaTag.User1, "hello"u8), adopted);
            LoadCut(adopted, cut);
            Assert.Equal("hello"u8.ToArray(), Loaded(adopted).Find(MetaTag.User1)!.Value.ToArray());

            FakeDisk again = new(64 << 20);
            Loaded(again).Write(MetaTag.User1, "old"u8);
            Reflash(again);
            LoadCut(again, cut);
            Assert.Null(Loaded(again).Find(MetaTag.User1));
            Assert.NotNull(IdentityRules.Noted(Medium(again)));
        }
    }

    [Fact]
    public void A_medium_that_takes_no_writes_still_gives_its_values()
    {
        Put(MetaBlock.Empty.With(MetaTag.User1, "hello"u8));
        _disk.StepsLeft = 0;

        MetaStore store = Store();
        store.Load();

        Assert.Equal("hello"u8.ToArray(), store.Find(MetaTag.User1)!.Value.ToArray());
    }

    [Fact]
    public void The_identity_is_no_value_that_anyone_reads_or_writes_and_outlives_a_wipe()
    {
        MetaStore store = Loaded();
        store.Write(MetaTag.User1, "hello"u8);

        Assert.Equal([MetaTag.User1], store.Values.Keys);
        Assert.Throws<InvalidDataException>(() => store.Write(MetaTag.DiskIdentity, "x"u8));
        Assert.Throws<InvalidDataException>(() => store.Delete(MetaTag.DiskIdentity));
        store.Clear();
        Assert.Empty(store.Values);
        Assert.Equal(Disk, IdentityRules.Noted(Medium()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("{11111111-2222-3333-4444-555555555555}")]
    public void A_note_that_is_not_legible_is_no_note(string text) =>
        Assert.Equal(MetaOrigin.NotNoted, IdentityRules.Judge(MetaBlock.Empty.With(MetaTag.DiskIdentity, System.Text.Encoding.ASCII.GetBytes(text)), Guid.NewGuid()));

    private Guid Disk => _disk.ReadTable()!.Table.DiskId;

    private static void LoadCut(FakeDisk disk, int steps)
    {
        disk.StepsLeft = steps;
        Store(disk).Load();
        disk.StepsLeft = -1;
    }

    /// <summary>As an image does that was written by a tool which leaves META as it is.</summary>
    private void Reflash() => Reflash(_disk);

    private static void Reflash(FakeDisk disk) =>
        disk.Apply(GptWriter.Plan(disk.ReadTable()!.Table with { DiskId = new Guid("11111111-2222-3333-4444-555555555555") }, null, new byte[512]));

    private static long MetaStart(FakeDisk disk) => disk.ReadTable()!.Table.Find("META")!.FirstSector * 512;

    private void Put(MetaBlock block) => Put(block, _disk);

    private static void Put(MetaBlock block, FakeDisk disk) => disk.Apply(MetaPartition.Plan(block, MetaCondition.None), MetaStart(disk));

    private MetaBlock Medium() => Medium(_disk);

    private static MetaBlock Medium(FakeDisk disk) => MetaPartition.Read(disk.Read(MetaStart(disk), MetaPartition.Size)).Block;

    private MetaStore Loaded() => Loaded(_disk);

    private static MetaStore Loaded(FakeDisk disk)
    {
        MetaStore store = Store(disk);
        store.Load();
        return store;
    }

    private MetaStore Store() => Store(_disk);

    private static MetaStore Store(FakeDisk disk)
    {
        FakeNode node = new(disk);
        return new MetaStore(node, node, Guid.NewGuid, NullLogger<MetaStore>.Instance);
    }
}
