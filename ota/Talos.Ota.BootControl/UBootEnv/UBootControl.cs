using Talos.Boards;
using Talos.Ota.Slots;
using Talos.Ota.Slots.UBootEnv;

namespace Talos.Ota.BootControl.UBootEnv;

/// <summary>U-Boot with the slots in variables of its environment. Only two copies of it survive a power cut.</summary>
/// <param name="copies">The environment.</param>
/// <param name="partitions">With BOOT-A and BOOT-B.</param>
public sealed class UBootControl(IEnvironmentCopies copies, ISlotPartitions partitions) : IBootControl
{
    /// <inheritdoc/>
    public BootControlKind Kind => BootControlKind.UBootEnv;

    /// <inheritdoc/>
    public SlotTable Read() => UBootSlots.Read(ReadCopies().Environment);

    /// <inheritdoc/>
    public void Write(SlotTable wanted)
    {
        UBootCopies current = ReadCopies();
        UBootEnvironment changed = UBootSlots.Write(current.Environment, wanted);
        if (!changed.Values.SequenceEqual(current.Environment.Values))
        {
            int size = copies.Read(current.WriteTo).Length;
            copies.Write(current.WriteTo, changed.ToBytes(size, current.Flag));
        }
    }

    /// <inheritdoc/>
    public void Repair(SlotId running)
    {
        // The copy a cut damaged is the one that is written next.
    }

    /// <inheritdoc/>
    public ISlotStorage OpenBoot(SlotId slot, long length) => BootPartition.OpenForWriting(partitions, Read()[slot], length);

    /// <inheritdoc/>
    public ISlotStorage? ReadBoot(SlotId slot) => BootPartition.OpenForReading(partitions, Read()[slot]);

    /// <inheritdoc/>
    public string? PrepareReboot() => null;

    /// <summary>What cannot be read is not empty: U-Boot runs on built-in values, and whatever is written hides them.</summary>
    private UBootCopies ReadCopies()
    {
        UBootCopies read = UBootCopies.Read([.. Enumerable.Range(0, copies.Count).Select(copies.Read)]);
        return read.IsReadable
            ? read
            : throw new SlotException($"U-Boot environment: none of {copies.Count} copies has a good checksum, so U-Boot runs on its built-in values; nothing is written over it. Save it anew in U-Boot (env default -a; saveenv)");
    }
}
