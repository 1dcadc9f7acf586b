using System.Globalization;

namespace Talos.Ota.Slots.UBootEnv;

/// <summary>The slots as variables of the U-Boot environment, made so that a boot script of a few lines can follow them.</summary>
/// <remarks>
/// <c>talos_order</c> names the slots that are not empty, the one to start first in front: <c>B A</c>. For each of them
/// <c>talos_state_A</c> is <c>good</c>, <c>trial</c> or <c>bad</c>; <c>talos_left_A</c> and <c>talos_done_A</c> count a trial's starts.
/// The script starts the first slot that is good, or on trial with tries left, which it counts and saves before; else the first of all.
/// </remarks>
public static class UBootSlots
{
    private const string Order = "talos_order";

    /// <summary>Reads the slots; generations are 2 for the first in order and 1 for the second.</summary>
    public static SlotTable Read(UBootEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        SlotId[] order = [.. (environment.Find(Order) ?? "").Split(' ').Select(SlotIds.TryParse).OfType<SlotId>().Distinct()];
        SlotTable table = SlotTable.Empty;
        for (int i = 0; i < order.Length; i++)
        {
            table = table.With(ReadSlot(environment, order[i], generation: 2 - i));
        }

        return table;
    }

    /// <summary>Writes the slots; other variables stay.</summary>
    public static UBootEnvironment Write(UBootEnvironment environment, SlotTable table)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(table);
        foreach (Slot slot in new[] { table.A, table.B })
        {
            bool counts = slot.Condition is SlotCondition.Trial or SlotCondition.Bad;
            environment = environment
                .With($"talos_state_{slot.Id}", slot.Condition is SlotCondition.Empty ? "" : slot.Condition.ToString().ToLowerInvariant())
                .With($"talos_left_{slot.Id}", counts ? Number(slot.TriesLeft) : "")
                .With($"talos_done_{slot.Id}", counts ? Number(slot.TriesDone) : "");
        }

        IEnumerable<Slot> order = new[] { table.A, table.B }.Where(s => s.Condition is not SlotCondition.Empty).OrderByDescending(s => s.Generation);
        return environment.With(Order, string.Join(' ', order.Select(s => s.Id)));
    }

    /// <summary>What the boot script does: the slot it starts and the environment it saves before. A model for tests.</summary>
    public static (SlotId? Slot, UBootEnvironment Environment) Boot(UBootEnvironment environment)
    {
        SlotTable table = Read(environment);
        if (table.Next is not { Condition: SlotCondition.Trial } trial)
        {
            return (table.Next?.Id, environment);
        }

        return (trial.Id, Write(environment, table.With(trial.Started())));
    }

    private static Slot ReadSlot(UBootEnvironment environment, SlotId id, int generation)
    {
        int left = Count(environment, $"talos_left_{id}");
        int done = Count(environment, $"talos_done_{id}");
        return environment.Find($"talos_state_{id}") switch
        {
            "good" => new Slot(id, SlotCondition.Good, generation),
            "trial" when left > 0 => new Slot(id, SlotCondition.Trial, generation, left, done),
            _ => new Slot(id, SlotCondition.Bad, generation, 0, done),
        };
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static int Count(UBootEnvironment environment, string name) =>
        int.TryParse(environment.Find(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : 0;
}
