namespace Talos.Ota.Slots;

/// <summary>Both slots.</summary>
/// <param name="A">Slot A.</param>
/// <param name="B">Slot B.</param>
public sealed record SlotTable(Slot A, Slot B)
{
    /// <summary>Two empty slots.</summary>
    public static SlotTable Empty { get; } = new(Slot.Empty(SlotId.A), Slot.Empty(SlotId.B));

    /// <summary>One of them.</summary>
    public Slot this[SlotId id] => id is SlotId.A ? A : B;

    /// <summary>Both, the one that starts next first.</summary>
    public IReadOnlyList<Slot> InOrder =>
        [.. new[] { A, B }.OrderBy(s => s.Condition is SlotCondition.Bad or SlotCondition.Empty).ThenBy(s => s.Condition is SlotCondition.Empty).ThenByDescending(s => s.Generation)];

    /// <summary>The slot that starts at the next boot; null when both are empty. A bad one starts when there is no other.</summary>
    public Slot? Next => InOrder[0] is { Condition: not SlotCondition.Empty } first ? first : null;

    /// <summary>The slot on trial; null when there is none.</summary>
    public Slot? Trial => InOrder.FirstOrDefault(s => s.Condition is SlotCondition.Trial);

    /// <summary>The same table with one slot changed.</summary>
    public SlotTable With(Slot slot)
    {
        ArgumentNullException.ThrowIfNull(slot);
        return slot.Id is SlotId.A ? this with { A = slot } : this with { B = slot };
    }
}
