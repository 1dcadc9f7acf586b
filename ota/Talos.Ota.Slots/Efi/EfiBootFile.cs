using System.Globalization;
using System.Text.RegularExpressions;

namespace Talos.Ota.Slots.Efi;

/// <summary>The name of a slot's UKI: <c>talos-GENERATION-SLOT[+LEFT[-DONE]].efi</c>, the generation with at least six digits.</summary>
/// <param name="Slot">What it starts.</param>
/// <remarks>Source: UAPI.1, Boot Loader Specification, boot counting. No counter is good, none left is bad.</remarks>
public sealed partial record EfiBootFile(Slot Slot)
{
    /// <summary>Folder of the EFI partition the boot loader looks into.</summary>
    public const string Folder = "EFI/Linux";

    /// <summary>Ending of a name the boot loader takes for a slot.</summary>
    public const string Ending = ".efi";

    private const int MostTries = 999_999_999;

    /// <summary>The name.</summary>
    public string Name => Print(Slot);

    /// <summary>Reads a name; null when it is none of ours. FAT does not tell upper from lower case.</summary>
    public static EfiBootFile? TryParse(string name)
    {
        Match match = Pattern().Match(name ?? "");
        if (!match.Success)
        {
            return null;
        }

        int generation = Number(match.Groups["generation"]);
        SlotId id = SlotIds.TryParse(match.Groups["slot"].Value)!.Value;
        if (!match.Groups["left"].Success)
        {
            return new EfiBootFile(new Slot(id, SlotCondition.Good, generation));
        }

        int left = Number(match.Groups["left"]);
        int done = match.Groups["done"].Success ? Number(match.Groups["done"]) : 0;
        return new EfiBootFile(new Slot(id, left == 0 ? SlotCondition.Bad : SlotCondition.Trial, generation, left, done));
    }

    /// <summary>The name of a slot that is not empty.</summary>
    public static string Print(Slot slot)
    {
        ArgumentNullException.ThrowIfNull(slot);
        string counter = slot.Condition switch
        {
            SlotCondition.Good => "",
            SlotCondition.Trial => Counter(slot.TriesLeft, slot.TriesDone),
            SlotCondition.Bad => Counter(0, slot.TriesDone),
            _ => throw new ArgumentException($"slot {slot} has no boot file", nameof(slot)),
        };
        return string.Create(CultureInfo.InvariantCulture, $"talos-{slot.Generation:D6}-{slot.Id}{counter}{Ending}");
    }

    private static string Counter(int left, int done) => string.Create(CultureInfo.InvariantCulture, $"+{Math.Min(left, MostTries)}-{Math.Min(done, MostTries)}");

    private static int Number(Group group) => int.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^talos-(?<generation>[0-9]{6,9})-(?<slot>[AB])(\+(?<left>[0-9]{1,9})(-(?<done>[0-9]{1,9}))?)?\.efi\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
