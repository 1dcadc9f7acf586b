using CsCheck;

namespace Talos.Ota.Slots.Tests;

/// <summary>Random slots.</summary>
internal static class SlotGen
{
    public static Gen<Slot> Slot { get; } = Of(SlotId.A);

    public static Gen<SlotTable> Table { get; } = Gen.Select(Of(SlotId.A), Of(SlotId.B), (a, b) => new SlotTable(a, b));

    private static Gen<Slot> Of(SlotId id) => Gen.Select(Gen.Enum<SlotCondition>(), Gen.Int[1, 2_000_000], Gen.Int[1, 9], Gen.Int[0, 1200]).Select((condition, generation, left, done) => condition switch
    {
        SlotCondition.Empty => Slots.Slot.Empty(id),
        SlotCondition.Good => new Slot(id, condition, generation),
        SlotCondition.Bad => new Slot(id, condition, generation, 0, done),
        _ => new Slot(id, condition, generation, left, done),
    });
}
