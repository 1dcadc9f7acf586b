using System.Globalization;
using System.Text.RegularExpressions;

namespace Talos.Ota.Slots.Efi;

/// <summary>The slots as names of files in the EFI partition: reads them, plans changes, and clears up after a power cut.</summary>
public static partial class EfiSlots
{
    /// <summary>The file an update of a slot is written to; its ending keeps it from the boot loader.</summary>
    public static string StagedName(SlotId slot) => $"talos-{slot}.new";

    /// <summary>The table the names stand for. With two names of a slot, which only a power cut leaves, the later one counts.</summary>
    public static SlotTable Read(IEnumerable<string> names)
    {
        SlotTable table = SlotTable.Empty;
        foreach (IGrouping<SlotId, EfiBootFile> files in BootFiles(names).GroupBy(f => f.Slot.Id))
        {
            table = table.With(Latest(files).Slot);
        }

        return table;
    }

    /// <summary>The steps from the names as they are to <paramref name="wanted"/>; good slots are changed first.</summary>
    /// <param name="names">Names in the folder, each slot at most once: see <see cref="Repair"/>.</param>
    /// <param name="wanted">A slot that becomes empty keeps its content as the staged file.</param>
    /// <exception cref="SlotException">A slot shall start that has neither boot file nor staged file.</exception>
    public static IReadOnlyList<EfiStep> Plan(IReadOnlyCollection<string> names, SlotTable wanted)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        List<EfiStep> steps = [];
        foreach (Slot slot in new[] { wanted.A, wanted.B }.OrderByDescending(s => s.Condition is SlotCondition.Good))
        {
            string staged = StagedName(slot.Id);
            string? now = BootFiles(names).FirstOrDefault(f => f.Slot.Id == slot.Id)?.Name ?? names.FirstOrDefault(n => Same(n, staged));
            string to = slot.Condition is SlotCondition.Empty ? staged : EfiBootFile.Print(slot);
            if (now is null && slot.Condition is not SlotCondition.Empty)
            {
                throw new SlotException($"slot {slot.Id}: neither a boot file nor {staged} is in {EfiBootFile.Folder}");
            }

            if (now is not null && !Same(now, to))
            {
                steps.Add(new EfiStep.Rename(now, to));
            }
        }

        return steps;
    }

    /// <summary>
    /// What a power cut left, cleared. Two names of a slot may share clusters, so that deleting one destroys the other:
    /// content to keep is copied to a name of a new generation first, and the rest is deleted without a write in between.
    /// </summary>
    /// <param name="names">Names in the folder.</param>
    /// <param name="running">The slot the node runs from; its content is kept.</param>
    public static IReadOnlyList<EfiStep> Repair(IReadOnlyCollection<string> names, SlotId running)
    {
        int generation = BootFiles(names).Select(f => f.Slot.Generation).DefaultIfEmpty(0).Max();
        List<EfiStep> steps = [];
        foreach (SlotId slot in new[] { running, running.Other() })
        {
            string[] boot = [.. names.Where(n => EfiBootFile.TryParse(n)?.Slot.Id == slot)];
            string[] copies = [.. names.Where(n => CopyPattern().Match(n) is { Success: true } m && SlotIds.TryParse(m.Groups[1].Value) == slot)];
            string[] staged = [.. names.Where(n => Same(n, StagedName(slot)))];
            if (boot.Length == 0)
            {
                steps.AddRange(copies.Select(n => new EfiStep.Delete(n)));
            }
            else if (boot.Length + copies.Length + staged.Length > 1)
            {
                steps.AddRange(Resolve(slot, boot, [.. copies, .. staged], slot == running || boot.Length > 1 ? ++generation : null));
            }
        }

        return steps;
    }

    private static IEnumerable<EfiStep> Resolve(SlotId slot, string[] boot, string[] others, int? generation)
    {
        if (generation is { } next)
        {
            string copy = string.Create(CultureInfo.InvariantCulture, $"talos-{slot}-{next:D6}.copy");
            EfiBootFile kept = Latest(BootFiles(boot));
            yield return new EfiStep.Copy(boot.First(n => EfiBootFile.TryParse(n) == kept), copy);
            yield return new EfiStep.Rename(copy, EfiBootFile.Print(kept.Slot with { Generation = next }));
            others = [.. others.Where(n => !Same(n, copy))];
        }

        foreach (string name in boot.Concat(others))
        {
            yield return new EfiStep.Delete(name);
        }
    }

    // Of one generation: bad was marked last, then good, and of two counters the boot loader writes the lower one last.
    private static EfiBootFile Latest(IEnumerable<EfiBootFile> files) => files
        .OrderByDescending(f => f.Slot.Generation)
        .ThenByDescending(f => f.Slot.Condition is SlotCondition.Bad)
        .ThenByDescending(f => f.Slot.Condition is SlotCondition.Good)
        .ThenBy(f => f.Slot.TriesLeft)
        .First();

    private static IEnumerable<EfiBootFile> BootFiles(IEnumerable<string> names) => names.Select(EfiBootFile.TryParse).OfType<EfiBootFile>();

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"^talos-([AB])-[0-9]{6,9}\.copy\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex CopyPattern();
}
