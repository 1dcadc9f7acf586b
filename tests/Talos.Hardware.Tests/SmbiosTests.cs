using CsCheck;
using Talos.Hardware.Rules;

namespace Talos.Hardware.Tests;

public sealed class SmbiosTests
{
    [Fact]
    public void The_board_is_read_from_the_system_structure()
    {
        byte[] data = new byte[0x1b];
        data[0] = 1;
        data[1] = 0x1b;
        data[4] = 1;
        data[5] = 2;
        new Guid("12345678-9abc-def0-1122-334455667788").TryWriteBytes(data.AsSpan(8));
        data[0x18] = 6;

        SmbiosStructure system = Smbios.Read([.. data, .. "QEMU\0Virtual Machine\0\0"u8, 127, 4, 0, 0, 0, 0]).Single();

        Assert.Equal("QEMU", SmbiosRules.System(system)?.Manufacturer);
        Assert.Equal("Virtual Machine", SmbiosRules.System(system)?.ProductName);
        Assert.Equal("12345678-9abc-def0-1122-334455667788", SmbiosRules.System(system)?.Uuid);
        Assert.Equal("Power Switch", SmbiosRules.System(system)?.WakeUpType);
    }

    [Fact]
    public void A_structure_without_texts_is_followed_by_two_zeros()
    {
        IReadOnlyList<SmbiosStructure> read = Smbios.Read([32, 5, 0, 0, 9, 0, 0, 33, 4, 0, 0, .. "x\0\0"u8]);

        Assert.Equal([32, 33], read.Select(s => (int)s.Type));
        Assert.Equal(["x"], read[1].Strings);
    }

    [Theory]
    [InlineData(0x0400, 0u, 1024L)]
    [InlineData(0x8400, 0u, 1L)]
    [InlineData(0x7fff, 65536u, 65536L)]
    [InlineData(0, 0u, null)]
    [InlineData(0xffff, 0u, null)]
    public void The_size_of_a_module_has_three_forms(int size, uint extended, long? mebibytes)
    {
        byte[] data = new byte[0x28];
        data[0] = 17;
        data[1] = 0x28;
        BitConverter.TryWriteBytes(data.AsSpan(0x0c), (ushort)size);
        BitConverter.TryWriteBytes(data.AsSpan(0x1c), extended);

        Assert.Equal(mebibytes, SmbiosRules.Memory(new SmbiosStructure(17, data, []))?.SizeMiB);
    }

    [Fact]
    public void Any_bytes_are_read_without_an_exception() =>
        Gen.Byte.Array[0, 300].Sample(bytes =>
        {
            foreach (SmbiosStructure structure in Smbios.Read(bytes))
            {
                SmbiosRules.System(structure);
                SmbiosRules.Processor(structure);
                SmbiosRules.Memory(structure);
            }
        });

    [Fact]
    public void A_board_without_SMBIOS_is_known_by_its_cores()
    {
        string text = string.Concat(Enumerable.Range(0, 2).Select(i => $"processor\t: {i}\nCPU implementer\t: 0x41\nCPU part\t: 0xd08\n\n"));

        Assert.Equal(("ARM", "Cortex-A72", 2), (CpuInfo.Processor(text).Manufacturer, CpuInfo.Processor(text).ProductName, CpuInfo.Processor(text).CoreCount));
    }

    [Fact]
    public void PCI_devices_are_named_by_class_and_vendor()
    {
        Assert.Equal("Network controller", PciNames.Device("0x020000", "0x1af4", "0x1000", "virtio-pci").Class);
        Assert.Equal("0xffff", PciNames.Device("", "0xffff", "0x1", "").Vendor);
    }
}
