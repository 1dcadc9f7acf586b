using Talos.Ota.BootControl.UBootEnv;
using Talos.Ota.Slots;
using Talos.Ota.Slots.UBootEnv;

namespace Talos.Ota.BootControl.Tests.Conformance;

/// <summary>U-Boot with a redundant environment; a cut leaves the copy it was writing in pieces.</summary>
internal sealed class UBootBoard : SimulatedBoard, IEnvironmentCopies
{
    private readonly MemoryPartitions _partitions;
    private readonly byte[][] _copies;

    public UBootBoard()
    {
        _partitions = new MemoryPartitions(Power);
        Array.Fill(_partitions.Bytes("BOOT-A"), (byte)1);
        byte[] fresh = UBootSlots.Write(UBootEnvironment.Empty, SlotTable.Empty.With(new Slot(SlotId.A, SlotCondition.Good, 1))).ToBytes(512, 0);
        _copies = [fresh, [.. fresh]];
    }

    public override IBootControl Control => new UBootControl(this, _partitions);

    public int Count => 2;

    public override (SlotId Slot, byte Content) Start(string? rebootArgument = null)
    {
        UBootCopies current = UBootCopies.Read(_copies);
        (SlotId? slot, UBootEnvironment saved) = UBootSlots.Boot(current.Environment);
        if (saved != current.Environment)
        {
            _copies[current.WriteTo] = saved.ToBytes(512, current.Flag);
        }

        return (slot!.Value, Whole(_partitions.Bytes($"BOOT-{slot}")));
    }

    public byte[] Read(int copy) => [.. _copies[copy]];

    public void Write(int copy, ReadOnlySpan<byte> content)
    {
        Power.Step();
        content[..100].CopyTo(_copies[copy]);
        Power.Step();
        content.CopyTo(_copies[copy]);
    }
}
