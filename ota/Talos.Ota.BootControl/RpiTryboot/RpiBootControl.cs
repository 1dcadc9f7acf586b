using Talos.Boards;
using Talos.Ota.Slots;
using Talos.Ota.Slots.RpiTryboot;

namespace Talos.Ota.BootControl.RpiTryboot;

/// <summary>Raspberry Pi: <c>autoboot.txt</c> names the slot, and a reboot with an argument starts the other one once.</summary>
/// <param name="file">The file.</param>
/// <param name="partitions">With BOOT-A and BOOT-B.</param>
/// <param name="partitionA">Number of the partition BOOT-A.</param>
/// <param name="partitionB">Number of the partition BOOT-B.</param>
public sealed class RpiBootControl(IAutobootFile file, ISlotPartitions partitions, int partitionA, int partitionB) : IBootControl
{
    /// <inheritdoc/>
    public BootControlKind Kind => BootControlKind.RpiTryboot;

    /// <inheritdoc/>
    public SlotTable Read() => Autoboot.Read(file.Read(), partitionA, partitionB);

    /// <inheritdoc/>
    public void Write(SlotTable wanted)
    {
        if (Read() != wanted)
        {
            file.Write(Autoboot.Print(wanted, partitionA, partitionB));
        }
    }

    /// <inheritdoc/>
    public void Repair(SlotId running)
    {
        // A sector is written whole or not at all: a cut leaves nothing to clear.
    }

    /// <inheritdoc/>
    public ISlotStorage OpenBoot(SlotId slot, long length) => BootPartition.OpenForWriting(partitions, Read()[slot], length);

    /// <inheritdoc/>
    public ISlotStorage? ReadBoot(SlotId slot) => BootPartition.OpenForReading(partitions, Read()[slot]);

    /// <inheritdoc/>
    public string? PrepareReboot()
    {
        // The boot ROM counts nothing: the try is counted here, before it is made.
        SlotTable table = Read();
        if (table.Trial is not { } trial)
        {
            return null;
        }

        Write(table.With(trial.Started()));
        return Autoboot.TrybootArgument;
    }
}
