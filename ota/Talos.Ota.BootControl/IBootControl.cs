using Talos.Boards;
using Talos.Ota.Slots;

namespace Talos.Ota.BootControl;

/// <summary>The contract with the boot loader: which slot starts, and where a slot's boot payload lies.</summary>
/// <remarks>
/// What a table may become is decided by <see cref="SlotRules"/>. A power cut in any call leaves a slot that starts:
/// one that was good, or the one that <see cref="Write"/> is about to let start. Callers take care that calls do not overlap.
/// </remarks>
public interface IBootControl
{
    /// <summary>The mechanism.</summary>
    BootControlKind Kind { get; }

    /// <summary>The slots as the boot loader sees them.</summary>
    SlotTable Read();

    /// <summary>Makes the boot loader see this table; on the medium when it returns.</summary>
    /// <exception cref="SlotException">The table cannot be had from the one there is.</exception>
    void Write(SlotTable wanted);

    /// <summary>Clears what a power cut left; called once after boot, before anything else is changed.</summary>
    /// <param name="running">The slot the node runs from.</param>
    void Repair(SlotId running);

    /// <summary>Opens the place of an empty slot's boot payload for writing; it holds what the slot had before, where there was something.</summary>
    /// <param name="slot">Empty in <see cref="Read"/>.</param>
    /// <param name="length">Bytes of the payload.</param>
    /// <exception cref="SlotException">The slot is not empty, or there is no room.</exception>
    ISlotStorage OpenBoot(SlotId slot, long length);

    /// <summary>Opens a slot's boot payload for reading; null when the slot is empty.</summary>
    ISlotStorage? ReadBoot(SlotId slot);

    /// <summary>Lets a pending trial start at the reboot that follows.</summary>
    /// <returns>The argument reboot(2) needs; null when a plain reboot does.</returns>
    string? PrepareReboot();
}
