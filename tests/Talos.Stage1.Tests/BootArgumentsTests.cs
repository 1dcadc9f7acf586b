using Talos.Linux;

namespace Talos.Stage1.Tests;

public sealed class BootArgumentsTests
{
    private const string Hash = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    [Fact]
    public void The_root_of_the_slot_is_described_by_the_command_line()
    {
        BootArguments arguments = Parse($"talos.slot=B talos.verity.roothash={Hash} talos.verity.salt=abcd talos.verity.datablocks=9000 pti=on");

        Assert.Equal(new BootArguments("B", Hash, "abcd", 9000), arguments);
        Assert.Equal(["ROOT-B"], arguments.PartitionLabels);
    }

    [Fact]
    public void Without_a_slot_the_root_may_be_on_either() =>
        Assert.Equal(["ROOT-A", "ROOT-B"], Parse($"talos.verity.roothash={Hash} talos.verity.salt=abcd talos.verity.datablocks=9000").PartitionLabels);

    [Theory]
    [InlineData(9000, "abcd", true)]
    [InlineData(9001, "abcd", false)]
    [InlineData(9000, "abce", false)]
    [InlineData(9000, "-", false)]
    public void A_partition_is_told_by_the_salt_and_the_length_in_its_superblock(ulong blocks, string salt, bool fits)
    {
        byte[] block = new byte[512];
        "verity"u8.CopyTo(block);
        BitConverter.TryWriteBytes(block.AsSpan(72), 9000UL);
        block[80] = 2;
        (block[88], block[89]) = (0xAB, 0xCD);

        Assert.Equal(fits, VeritySuperblock.Fits(block, new BootArguments(null, Hash, salt, blocks)));
        block[0] = 0;
        Assert.False(VeritySuperblock.Fits(block, new BootArguments(null, Hash, salt, blocks)));
    }

    [Theory]
    [InlineData("talos-000002-b.efi", 'B')]
    [InlineData("talos-000002-A+2-1.efi", 'A')]
    [InlineData("talos-000002-AB.efi", null)]
    [InlineData("auto-reboot-to-firmware-setup", null)]
    [InlineData("", null)]
    public void The_boot_loader_says_which_slot_it_started(string entry, char? slot) =>
        Assert.Equal(slot, SelectedEntry.SlotOf([6, 0, 0, 0, .. System.Text.Encoding.Unicode.GetBytes(entry + "\0")]));

    [Theory]
    [InlineData("talos.slot=A", "the kernel command line has no talos.verity.roothash=")]
    [InlineData($"talos.slot=C talos.verity.roothash={Hash} talos.verity.salt=- talos.verity.datablocks=1", "talos.slot=C: want A or B")]
    [InlineData("talos.slot=A talos.verity.roothash=ab talos.verity.salt=- talos.verity.datablocks=1", "talos.verity.roothash=ab: want 64 hexadecimal digits")]
    [InlineData($"talos.slot=A talos.verity.roothash={Hash} talos.verity.salt=abc talos.verity.datablocks=1", "talos.verity.salt=abc: want an even number of at most 512 hexadecimal digits, or -")]
    [InlineData($"talos.slot=A talos.verity.roothash={Hash} talos.verity.salt=- talos.verity.datablocks=-1", "talos.verity.datablocks=-1: want a number of blocks of 4096 bytes")]
    public void What_is_missing_or_malformed_is_named(string line, string message) =>
        Assert.Equal(message, Assert.Throws<BootException>(() => Parse(line)).Message);

    [Fact]
    public void Partitions_are_found_by_their_label_in_order_of_name()
    {
        string folder = Directory.CreateTempSubdirectory("talos-class-").FullName;
        foreach ((string name, string label) in ((string, string)[])[("vdb2", "ROOT-A"), ("vda2", "ROOT-A"), ("vda3", "ROOT-B"), ("vda4", "XROOT-A")])
        {
            Directory.CreateDirectory(Path.Combine(folder, name));
            File.WriteAllText(Path.Combine(folder, name, "uevent"), $"MAJOR=254\nDEVNAME={name}\nDEVTYPE=partition\nPARTNAME={label}\n");
        }

        IReadOnlyList<string> found = Partitions.Find("ROOT-A", folder);

        Directory.Delete(folder, recursive: true);
        Assert.Equal(["/dev/vda2", "/dev/vdb2"], found);
    }

    private static BootArguments Parse(string line) => BootArguments.From(KernelCommandLine.Parse(line));
}
