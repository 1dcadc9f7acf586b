using Microsoft.Extensions.Logging.Abstractions;
using Talos.Block.Volumes;
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

        VolumeException error = Assert.Throws<VolumeException>(() => new MetaStore(node, node, NullLogger<MetaStore>.Instance).Load());

        Assert.Equal("/dev/vda: no partition with the label META", error.Message);
    }

    private MetaStore Store()
    {
        FakeNode node = new(_disk);
        return new MetaStore(node, node, NullLogger<MetaStore>.Instance);
    }
}
