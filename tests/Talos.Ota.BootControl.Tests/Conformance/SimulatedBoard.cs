using Talos.Ota.Slots;

namespace Talos.Ota.BootControl.Tests.Conformance;

/// <summary>A board of a boot control kind: storage, boot loader and power.</summary>
internal abstract class SimulatedBoard
{
    public const int PayloadSize = 4096;

    public Power Power { get; } = new();

    public abstract IBootControl Control { get; }

    /// <summary>Switches on: the boot loader starts a slot and hands its boot payload over. The content tells which one it is.</summary>
    /// <param name="rebootArgument">What reboot(2) was given; null after a loss of power.</param>
    public abstract (SlotId Slot, byte Content) Start(string? rebootArgument = null);

    /// <summary>Writes a payload of this content to an empty slot.</summary>
    public void WritePayload(SlotId slot, byte content)
    {
        using ISlotStorage storage = Control.OpenBoot(slot, PayloadSize);
        byte[] data = new byte[PayloadSize];
        Array.Fill(data, content);
        storage.Write(0, data.AsSpan(0, PayloadSize / 2));
        storage.Write(PayloadSize / 2, data.AsSpan(PayloadSize / 2));
        storage.Flush();
    }

    /// <summary>The content when all bytes are the same; else a broken payload, which no boot loader may be given.</summary>
    protected static byte Whole(byte[] data) =>
        data.Length == PayloadSize && !data.AsSpan().ContainsAnyExcept(data[0]) ? data[0] : throw new InvalidDataException("the boot loader was given a broken payload");
}
