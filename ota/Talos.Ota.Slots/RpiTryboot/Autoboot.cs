using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Talos.Ota.Slots.RpiTryboot;

/// <summary>The slots as <c>autoboot.txt</c> of the Raspberry Pi's first FAT partition.</summary>
/// <remarks>
/// Source: Raspberry Pi documentation, "autoboot.txt": at most 512 bytes; sections <c>[all]</c> and <c>[tryboot]</c>;
/// <c>boot_partition</c>, <c>tryboot_a_b</c>. The boot ROM counts nothing, so the counters stand in a comment. The file
/// always has 512 bytes: a change is one sector written in place, which a power cut leaves old or new.
/// </remarks>
public static partial class Autoboot
{
    /// <summary>Length of the file.</summary>
    public const int Size = 512;

    /// <summary>Argument of reboot(2) for one start of the slot on trial.</summary>
    public const string TrybootArgument = "0 tryboot";

    /// <summary>Writes the file.</summary>
    /// <param name="table">At least one slot is not empty.</param>
    /// <param name="partitionA">Number of the partition BOOT-A.</param>
    /// <param name="partitionB">Number of the partition BOOT-B.</param>
    public static byte[] Print(SlotTable table, int partitionA, int partitionB)
    {
        ArgumentNullException.ThrowIfNull(table);
        int PartitionOf(Slot slot) => slot.Id is SlotId.A ? partitionA : partitionB;
        Slot normal = table.InOrder.FirstOrDefault(s => s.Condition is not SlotCondition.Trial and not SlotCondition.Empty)
            ?? table.Next ?? throw new SlotException("both slots are empty: autoboot.txt needs one to start");
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"# {State(table.A)} {State(table.B)}\n[all]\ntryboot_a_b=1\nboot_partition={PartitionOf(normal)}\n");
        if (table[normal.Id.Other()] is { Condition: not SlotCondition.Empty } other)
        {
            text.Append(CultureInfo.InvariantCulture, $"[tryboot]\nboot_partition={PartitionOf(other)}\n");
        }

        return Encoding.ASCII.GetBytes(text.ToString().PadRight(Size, '\n'));
    }

    /// <summary>Reads the file; one that was not written by us, as an image has it, means its partition's slot is good and the other empty.</summary>
    public static SlotTable Read(ReadOnlySpan<byte> file, int partitionA, int partitionB)
    {
        string text = Encoding.Latin1.GetString(file);
        SlotTable table = SlotTable.Empty;
        foreach (Match match in StatePattern().Matches(text.Split('\n')[0]))
        {
            int Number(string group) => int.Parse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
            table = table.With(new Slot(
                SlotIds.TryParse(match.Groups["slot"].Value)!.Value,
                Enum.Parse<SlotCondition>(match.Groups["condition"].Value, ignoreCase: true),
                Number("generation"), Number("left"), Number("done")));
        }

        return table.Next is null && BootPartition(text, tryboot: false) is { } partition && (partition == partitionA || partition == partitionB)
            ? table.With(new Slot(partition == partitionB ? SlotId.B : SlotId.A, SlotCondition.Good, 1))
            : table;
    }

    /// <summary>The partition the boot ROM starts from: a model for tests. Null: the file names none.</summary>
    /// <param name="text">The file.</param>
    /// <param name="tryboot">Whether the node was rebooted with <see cref="TrybootArgument"/>.</param>
    public static int? BootPartition(string text, bool tryboot)
    {
        ArgumentNullException.ThrowIfNull(text);
        int? partition = null;
        bool applies = true;
        foreach (string line in text.Split('\n').Select(l => l.Trim()))
        {
            if (line.StartsWith('['))
            {
                applies = line == "[all]" || (tryboot && line == "[tryboot]");
            }
            else if (applies && line.StartsWith("boot_partition=", StringComparison.Ordinal)
                && int.TryParse(line["boot_partition=".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int value))
            {
                partition = value;
            }
        }

        return partition;
    }

    private static string State(Slot slot) =>
        string.Create(CultureInfo.InvariantCulture, $"{slot.Id}={slot.Condition.ToString().ToLowerInvariant()},{slot.Generation},{slot.TriesLeft},{slot.TriesDone}");

    [GeneratedRegex(@"\b(?<slot>[AB])=(?<condition>empty|good|trial|bad),(?<generation>[0-9]{1,9}),(?<left>[0-9]{1,9}),(?<done>[0-9]{1,9})\b", RegexOptions.CultureInvariant)]
    private static partial Regex StatePattern();
}
