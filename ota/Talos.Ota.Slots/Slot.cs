namespace Talos.Ota.Slots;

/// <summary>One of the two sets of partitions a node can boot from.</summary>
public enum SlotId
{
    /// <summary>The slot an image is made with.</summary>
    A,
    /// <summary>The other one.</summary>
    B,
}

/// <summary>What the boot loader may do with a slot.</summary>
public enum SlotCondition
{
    /// <summary>Nothing to start: never written, or an update is being written to it.</summary>
    Empty,
    /// <summary>Starts without limit.</summary>
    Good,
    /// <summary>Starts as often as it has tries left.</summary>
    Trial,
    /// <summary>Starts only when no other slot can.</summary>
    Bad,
}

/// <summary>A slot as the boot loader sees it.</summary>
/// <param name="Id">Which.</param>
/// <param name="Condition">Whether it may start.</param>
/// <param name="Generation">The higher one starts; 0 for an empty slot.</param>
/// <param name="TriesLeft">Starts left, for <see cref="SlotCondition.Trial"/>; else 0.</param>
/// <param name="TriesDone">Starts counted since it was armed, for trial and bad; else 0.</param>
public sealed record Slot(SlotId Id, SlotCondition Condition, int Generation = 0, int TriesLeft = 0, int TriesDone = 0)
{
    /// <summary>A slot with nothing to start.</summary>
    public static Slot Empty(SlotId id) => new(id, SlotCondition.Empty);

    /// <summary>A slot that counts, started once more: with the last try it is bad unless it is blessed.</summary>
    public Slot Started()
    {
        int left = Math.Max(TriesLeft - 1, 0);
        return this with { Condition = left == 0 ? SlotCondition.Bad : SlotCondition.Trial, TriesLeft = left, TriesDone = TriesDone + 1 };
    }

    /// <summary>For people: <c>B trial, 3 tries left</c>.</summary>
    public override string ToString() => Condition switch
    {
        SlotCondition.Trial => $"{Id} trial, {TriesLeft} tries left",
        SlotCondition.Bad => $"{Id} bad after {TriesDone} tries",
        SlotCondition.Good => $"{Id} good",
        _ => $"{Id} empty",
    };
}

/// <summary>What every slot has in common.</summary>
public static class SlotIds
{
    /// <summary>The slot that is not this one.</summary>
    public static SlotId Other(this SlotId slot) => slot is SlotId.A ? SlotId.B : SlotId.A;

    /// <summary>Reads <c>A</c> or <c>B</c>; null for anything else.</summary>
    public static SlotId? TryParse(string? text) => text switch
    {
        "A" or "a" => SlotId.A,
        "B" or "b" => SlotId.B,
        _ => null,
    };
}
