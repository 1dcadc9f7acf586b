namespace Talos.Disks.Tests;

/// <summary>Carries out a plan up to a power cut, with the step in progress torn at sectors of 512 bytes.</summary>
internal static class PowerCut
{
    internal static void Apply(byte[] disk, IEnumerable<DiskWrite> plan)
    {
        foreach (DiskWrite write in plan)
        {
            write.Data.CopyTo(disk.AsMemory((int)write.Offset));
        }
    }

    internal static byte[] Cut(byte[] disk, IReadOnlyList<DiskWrite> plan, int step, int seed)
    {
        byte[] after = [.. disk];
        Apply(after, plan.Take(step));
        Random random = new(seed);
        for (int offset = 0; offset < plan[step].Data.Length; offset += 512)
        {
            if (random.Next(2) == 0)
            {
                plan[step].Data.Slice(offset, 512).CopyTo(after.AsMemory((int)plan[step].Offset + offset));
            }
        }

        return after;
    }
}
