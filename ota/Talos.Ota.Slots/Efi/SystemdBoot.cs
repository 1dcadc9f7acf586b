namespace Talos.Ota.Slots.Efi;

/// <summary>What systemd-boot does with the folder of boot files: a model for tests of everything that hangs on it.</summary>
/// <remarks>
/// Source: systemd 257, src/boot/boot.c, boot_entry_compare, boot_entry_parse_tries and boot_entry_bump_counters.
/// Our UKIs have one sort key, no machine id and no version, so only counters and names decide.
/// </remarks>
public static class SystemdBoot
{
    /// <summary>The name that starts; null when there is none.</summary>
    public static string? Select(IEnumerable<string> names) => names
        .Where(n => n.EndsWith(EfiBootFile.Ending, StringComparison.OrdinalIgnoreCase))
        .Select(n => (Name: n, File: EfiBootFile.TryParse(n)))
        .OrderBy(e => e.File?.Slot.Condition is SlotCondition.Bad)
        .ThenByDescending(e => e.File?.Slot.Generation ?? -1)
        .ThenByDescending(e => e.File?.Slot.Id)
        .ThenByDescending(e => e.File?.Slot.TriesLeft)
        .Select(e => e.Name)
        .FirstOrDefault();

    /// <summary>The name as it is renamed before the start: one try less. A name without counter stays.</summary>
    public static string Count(string name)
    {
        EfiBootFile? file = EfiBootFile.TryParse(name);
        return file?.Slot.Condition is SlotCondition.Trial or SlotCondition.Bad
            ? EfiBootFile.Print(file.Slot.Started())
            : name;
    }
}
