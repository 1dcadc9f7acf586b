using Talos.Ota.Delta.Coding;
using Talos.Ota.Delta.Images;

namespace Talos.Ota.Delta.Create;

/// <summary>How the target is put together: which parts are copied, and which content has to be described.</summary>
internal sealed class TargetPlan
{
    private readonly List<(Operation Operation, long Position)> _operations = [];
    private readonly List<(long Start, long End)> _needed = [];

    private TargetPlan()
    {
    }

    /// <summary>Operations in order, each with the position of its content.</summary>
    public IReadOnlyList<(Operation Operation, long Position)> Operations => _operations;

    /// <summary>Bytes of content that have to be described.</summary>
    public long NeededLength => _needed.Sum(n => n.End - n.Start);

    /// <summary>Plans the target.</summary>
    /// <param name="map">Its compressed blocks.</param>
    /// <param name="copies">Offsets of blocks that are in the base too, each with its offset there.</param>
    /// <param name="verity">Its hash tree; null when that is content like any other.</param>
    public static TargetPlan Create(ContentMap map, Dictionary<long, long> copies, VeritySuperblock? verity)
    {
        TargetPlan plan = new();
        long stored = 0;
        for (int i = 0; i < map.Blocks.Count; i++)
        {
            ImageBlock block = map.Blocks[i];
            plan.Describe(OperationKind.Plain, block.Offset - stored, map.PositionOf(i) - (block.Offset - stored));
            if (copies.TryGetValue(block.Offset, out long source))
            {
                plan.Copy(block.StoredLength, source);
            }
            else
            {
                plan.Describe(OperationKind.Packed, block.ContentLength, map.PositionOf(i));
            }

            stored = block.Offset + block.StoredLength;
        }

        long shift = map.Length - map.ImageLength;
        long end = verity?.TreeOffset ?? map.ImageLength;
        plan.Describe(OperationKind.Plain, end - stored, stored + shift);
        if (verity is not null)
        {
            plan._operations.Add((new Operation(OperationKind.Tree, 0, 0), end + shift));
            long behind = verity.TreeOffset + verity.TreeLength;
            plan.Describe(OperationKind.Plain, map.ImageLength - behind, behind + shift);
        }

        return plan;
    }

    /// <summary>Whether any of this content has to be described.</summary>
    public bool Needs(Extent extent)
    {
        int low = 0;
        int high = _needed.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _needed[middle].End <= extent.Position ? (middle + 1, high) : (low, middle);
        }

        return low < _needed.Count && _needed[low].Start < extent.Position + extent.Length;
    }

    /// <summary>The content that has to be described, as commands.</summary>
    /// <param name="matches">In ascending order, without overlap.</param>
    public IEnumerable<(Command Command, long Target)> Commands(List<ContentMatch> matches)
    {
        int next = 0;
        long source = 0;
        foreach ((long start, long end) in _needed)
        {
            for (long at = start; at < end;)
            {
                while (next < matches.Count && matches[next].Target + matches[next].Length <= at)
                {
                    next++;
                }

                long from = end;
                long until = end;
                if (next < matches.Count && matches[next].Target < end)
                {
                    from = Math.Max(at, matches[next].Target);
                    until = Math.Min(end, matches[next].Target + matches[next].Length);
                    source = matches[next].Base + from - matches[next].Target;
                }

                yield return (new Command(from - at, until - from, source), at);
                source += until - from;
                at = until;
            }
        }
    }

    private void Copy(int length, long source)
    {
        if (_operations.Count > 0 && _operations[^1] is ({ Kind: OperationKind.Copy } last, long position) && last.Offset + last.Length == source)
        {
            _operations[^1] = (last with { Length = last.Length + length }, position);
        }
        else
        {
            _operations.Add((new Operation(OperationKind.Copy, length, source), 0));
        }
    }

    private void Describe(OperationKind kind, long length, long position)
    {
        if (length == 0)
        {
            return;
        }

        _operations.Add((new Operation(kind, length, 0), position));
        if (_needed.Count > 0 && _needed[^1].End == position)
        {
            _needed[^1] = (_needed[^1].Start, position + length);
        }
        else
        {
            _needed.Add((position, position + length));
        }
    }
}
