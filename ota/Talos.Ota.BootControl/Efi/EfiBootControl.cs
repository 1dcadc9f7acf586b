using Talos.Boards;
using Talos.Ota.Slots;
using Talos.Ota.Slots.Efi;

namespace Talos.Ota.BootControl.Efi;

/// <summary>systemd-boot with its counters in file names.</summary>
public sealed class EfiBootControl(IEfiPartition partition) : IBootControl
{
    private const int CopyBuffer = 1 << 20;

    /// <inheritdoc/>
    public BootControlKind Kind => BootControlKind.Efi;

    /// <inheritdoc/>
    public SlotTable Read()
    {
        using IEfiFolder folder = partition.Open(writable: false);
        return EfiSlots.Read(folder.Names());
    }

    /// <inheritdoc/>
    public void Write(SlotTable wanted)
    {
        if (Read() != wanted)
        {
            using IEfiFolder folder = partition.Open(writable: true);
            Apply(folder, EfiSlots.Plan(folder.Names(), wanted));
        }
    }

    /// <inheritdoc/>
    public void Repair(SlotId running)
    {
        IReadOnlyList<EfiStep> steps;
        using (IEfiFolder folder = partition.Open(writable: false))
        {
            steps = EfiSlots.Repair(folder.Names(), running);
        }

        if (steps.Count > 0)
        {
            using IEfiFolder folder = partition.Open(writable: true);
            Apply(folder, steps);
        }
    }

    /// <inheritdoc/>
    public ISlotStorage OpenBoot(SlotId slot, long length)
    {
        IEfiFolder folder = partition.Open(writable: true);
        try
        {
            Slot current = EfiSlots.Read(folder.Names())[slot];
            return current.Condition is SlotCondition.Empty
                ? new FolderFile(folder, folder.CreateFile(EfiSlots.StagedName(slot), length))
                : throw new SlotException($"slot {current}: its boot file is written only while the slot is empty");
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public ISlotStorage? ReadBoot(SlotId slot)
    {
        IEfiFolder folder = partition.Open(writable: false);
        try
        {
            if (EfiSlots.Read(folder.Names())[slot] is { Condition: not SlotCondition.Empty } current)
            {
                string name = folder.Names().First(n => EfiBootFile.TryParse(n)?.Slot == current);
                return new FolderFile(folder, folder.OpenFile(name));
            }
        }
        catch
        {
            folder.Dispose();
            throw;
        }

        folder.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public string? PrepareReboot() => null;

    private static void Apply(IEfiFolder folder, IReadOnlyList<EfiStep> steps)
    {
        foreach (EfiStep step in steps)
        {
            switch (step)
            {
                case EfiStep.Rename rename:
                    folder.Rename(rename.From, rename.To);
                    break;
                case EfiStep.Delete delete:
                    folder.Delete(delete.Name);
                    break;
                case EfiStep.Copy copy:
                    Copy(folder, copy.From, copy.To);
                    break;
            }
        }
    }

    private static void Copy(IEfiFolder folder, string from, string to)
    {
        using ISlotStorage source = folder.OpenFile(from);
        using ISlotStorage target = folder.CreateFile(to, source.Length);
        byte[] buffer = new byte[CopyBuffer];
        for (long offset = 0; offset < source.Length; offset += CopyBuffer)
        {
            Span<byte> part = buffer.AsSpan(0, (int)Math.Min(CopyBuffer, source.Length - offset));
            source.Read(offset, part);
            target.Write(offset, part);
        }

        target.Flush();
    }

    /// <summary>A file that closes its folder behind it.</summary>
    private sealed class FolderFile(IEfiFolder folder, ISlotStorage file) : ISlotStorage
    {
        public long Length => file.Length;

        public void Read(long offset, Span<byte> buffer) => file.Read(offset, buffer);

        public void Write(long offset, ReadOnlySpan<byte> data) => file.Write(offset, data);

        public void Flush() => file.Flush();

        public void DropCache() => file.DropCache();

        public void Dispose()
        {
            file.Dispose();
            folder.Dispose();
        }
    }
}
