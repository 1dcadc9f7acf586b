using CsCheck;
using Talos.Disks.Probing;
using Talos.Disks.Tests.Gpt;

namespace Talos.Disks.Tests.Probing;

public sealed class ProbeTests
{
    [Fact]
    public void Ext4_is_recognised_with_label_id_and_state()
    {
        byte[] head = Ext4();

        ProbeResult? found = FileSystemProbe.Probe(head, 100 << 20);

        Assert.Equal(
            new ProbeResult("ext4") { Label = "STATE", Uuid = "00112233-4455-6677-8899-aabbccddeeff", BlockSize = 4096, Size = 100 << 20 }, found);
        head[1024 + 58] = 0;
        Assert.True(FileSystemProbe.Probe(head, 100 << 20)!.NeedsRecovery);
    }

    [Fact]
    public void A_file_system_larger_than_its_device_is_not_believed() => Assert.Null(FileSystemProbe.Probe(Ext4(), (100 << 20) - 1));

    [Fact]
    public void Xfs_is_recognised_unless_its_making_was_not_finished()
    {
        byte[] head = new byte[FileSystemProbe.Length];
        "XFSB"u8.CopyTo(head);
        Convert.FromHexString("00001000" + "0000000000010000").CopyTo(head, 4);
        head[101] = 5;
        "EPHEMERAL"u8.CopyTo(head.AsSpan(108));
        Id().CopyTo(head, 32);

        Assert.Equal(
            new ProbeResult("xfs") { Label = "EPHEMERAL", Uuid = "00112233-4455-6677-8899-aabbccddeeff", BlockSize = 4096, Size = 1L << 28 },
            FileSystemProbe.Probe(head, 1L << 28));
        head[126] = 1;
        Assert.Null(FileSystemProbe.Probe(head, 1L << 28));
    }

    [Fact]
    public void A_disk_is_recognised_by_its_table_and_not_by_its_boot_record()
    {
        byte[] disk = GptTests.Disk(GptTests.Installed(16 << 20, 512));

        Assert.Equal("gpt", FileSystemProbe.Probe(new MemoryStream(disk))?.Type);
    }

    [Fact]
    public void Meta_is_recognised() => Assert.Equal("talosmeta", FileSystemProbe.Probe(Disks.Meta.MetaBlock.Empty.ToBytes(), 1 << 20)?.Type);

    [Fact]
    public void Zeroes_and_short_devices_are_nothing()
    {
        Assert.Null(FileSystemProbe.Probe(new byte[FileSystemProbe.Length], 1 << 30));
        Assert.Null(FileSystemProbe.Probe([], 0));
        Assert.Null(FileSystemProbe.Probe(new MemoryStream(new byte[100])));
    }

    [Fact]
    public void No_bytes_make_a_probe_fail()
    {
        byte[][] signatures = ["XFSB"u8.ToArray(), "hsqs"u8.ToArray(), [(byte)'L', (byte)'U', (byte)'K', (byte)'S', 0xBA, 0xBE, 0, 2], Ext4()[..2048]];
        Gen.Select(Gen.Byte.Array[0, 5000], Gen.Int[0, signatures.Length - 1]).Sample(
            (bytes, which) =>
            {
                signatures[which].AsSpan(0, Math.Min(signatures[which].Length, bytes.Length)).CopyTo(bytes);
                _ = FileSystemProbe.Probe(bytes, 1 << 20);
            },
            iter: 500, threads: 1);
    }

    private static byte[] Ext4()
    {
        byte[] head = new byte[FileSystemProbe.Length];
        Span<byte> super = head.AsSpan(1024);
        BitConverter.TryWriteBytes(super, 25600u);
        BitConverter.TryWriteBytes(super[4..], 25600u);
        BitConverter.TryWriteBytes(super[24..], 2u);
        BitConverter.TryWriteBytes(super[32..], 32768u);
        BitConverter.TryWriteBytes(super[40..], 25600u);
        BitConverter.TryWriteBytes(super[56..], (ushort)0xEF53);
        BitConverter.TryWriteBytes(super[58..], (ushort)1);
        BitConverter.TryWriteBytes(super[92..], 0x3Cu);
        BitConverter.TryWriteBytes(super[96..], 0x2C2u);
        Id().CopyTo(super[104..]);
        "STATE"u8.CopyTo(super[120..]);
        return head;
    }

    private static byte[] Id() => Convert.FromHexString("00112233445566778899aabbccddeeff");
}
