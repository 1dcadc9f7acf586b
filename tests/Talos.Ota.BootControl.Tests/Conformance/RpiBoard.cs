using System.Text;
using Talos.Ota.BootControl.RpiTryboot;
using Talos.Ota.Slots;
using Talos.Ota.Slots.RpiTryboot;

namespace Talos.Ota.BootControl.Tests.Conformance;

/// <summary>The Raspberry Pi's boot ROM: reads autoboot.txt, and once the argument of the reboot.</summary>
internal sealed class RpiBoard : SimulatedBoard, IAutobootFile
{
    private readonly MemoryPartitions _partitions;
    private byte[] _file = Encoding.ASCII.GetBytes("[all]\ntryboot_a_b=1\nboot_partition=2\n[tryboot]\nboot_partition=3\n");

    public RpiBoard()
    {
        _partitions = new MemoryPartitions(Power);
        Array.Fill(_partitions.Bytes("BOOT-A"), (byte)1);
    }

    public override IBootControl Control => new RpiBootControl(this, _partitions, 2, 3);

    public override (SlotId Slot, byte Content) Start(string? rebootArgument = null)
    {
        int? partition = Autoboot.BootPartition(Encoding.ASCII.GetString(_file), rebootArgument == Autoboot.TrybootArgument);
        SlotId slot = partition == 3 ? SlotId.B : SlotId.A;
        return (slot, Whole(_partitions.Bytes($"BOOT-{slot}")));
    }

    public byte[] Read() => [.. _file];

    public void Write(ReadOnlySpan<byte> content)
    {
        Power.Step();
        _file = content.ToArray();
    }
}
