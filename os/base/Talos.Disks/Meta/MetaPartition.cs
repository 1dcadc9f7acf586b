namespace Talos.Disks.Meta;

/// <summary>Which copies of META are intact.</summary>
public enum MetaCondition
{
    /// <summary>Neither: never written, or damaged.</summary>
    None,
    /// <summary>Both, and equal.</summary>
    Both,
    /// <summary>The first counts: the second is damaged or differs.</summary>
    FirstOnly,
    /// <summary>The second alone.</summary>
    SecondOnly,
}

/// <summary>What the partition holds.</summary>
public sealed record MetaReadResult(MetaBlock Block, MetaCondition Condition);

/// <summary>The META partition: two copies, one behind the other.</summary>
public static class MetaPartition
{
    /// <summary>Bytes both copies take; the partition is larger.</summary>
    public const int Size = 2 * MetaBlock.Size;

    /// <summary>Reads the first copy, or when it is damaged the second; no values when both are.</summary>
    /// <param name="data">At least the first <see cref="Size"/> bytes of the partition.</param>
    public static MetaReadResult Read(ReadOnlySpan<byte> data)
    {
        MetaBlock? first = MetaBlock.TryParse(data);
        MetaBlock? second = data.Length > MetaBlock.Size ? MetaBlock.TryParse(data[MetaBlock.Size..]) : null;
        return (first, second) switch
        {
            (null, null) => new MetaReadResult(MetaBlock.Empty, MetaCondition.None),
            (null, not null) => new MetaReadResult(second, MetaCondition.SecondOnly),
            (not null, null) => new MetaReadResult(first, MetaCondition.FirstOnly),
            _ => new MetaReadResult(
                first, data[..MetaBlock.Size].SequenceEqual(data.Slice(MetaBlock.Size, MetaBlock.Size)) ? MetaCondition.Both : MetaCondition.FirstOnly),
        };
    }

    /// <summary>
    /// The writes, in an order that leaves the old or the new values readable at every moment. The copy that counts now
    /// is replaced last, when the other is on the medium.
    /// </summary>
    public static IReadOnlyList<DiskWrite> Plan(MetaBlock block, MetaCondition condition)
    {
        ArgumentNullException.ThrowIfNull(block);
        byte[] copy = block.ToBytes();
        DiskWrite first = new(0, copy);
        DiskWrite second = new(MetaBlock.Size, copy);
        return condition is MetaCondition.SecondOnly ? [first, second] : [second, first];
    }
}
