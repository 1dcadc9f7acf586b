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
        Assert.Equal("ROOT-B", arguments.PartitionLabel);
    }

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
