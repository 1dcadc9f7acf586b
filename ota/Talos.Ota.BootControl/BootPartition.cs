using Talos.Ota.Slots;

namespace Talos.Ota.BootControl;

/// <summary>The partitions BOOT-A and BOOT-B of the kinds whose boot payload is a partition.</summary>
internal static class BootPartition
{
    internal static ISlotStorage OpenForWriting(ISlotPartitions partitions, Slot slot, long length)
    {
        if (slot.Condition is not SlotCondition.Empty)
        {
            throw new SlotException($"slot {slot}: its boot partition is written only while the slot is empty");
        }

        ISlotStorage storage = partitions.Open(Label(slot.Id), writable: true);
        if (storage.Length >= length)
        {
            return storage;
        }

        using (storage)
        {
            throw new SlotException($"{Label(slot.Id)}: {length} bytes wanted, the partition has {storage.Length}");
        }
    }

    internal static ISlotStorage? OpenForReading(ISlotPartitions partitions, Slot slot) =>
        slot.Condition is SlotCondition.Empty ? null : partitions.Open(Label(slot.Id), writable: false);

    private static string Label(SlotId slot) => $"BOOT-{slot}";
}
