using Talos.Linux;

namespace Talos.Stage1;

/// <summary>Finds partitions by their GPT label through sysfs.</summary>
internal static class Partitions
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Device nodes of all partitions with this label, in order of name; waits for the first.</summary>
    /// <param name="label">GPT partition label.</param>
    /// <param name="limit">How long disks may take to appear.</param>
    internal static IReadOnlyList<string> WaitFor(string label, TimeSpan limit)
    {
        TimeSpan end = SystemClock.SinceBoot() + limit;
        while (true)
        {
            IReadOnlyList<string> found = Find(label);
            if (found.Count > 0)
            {
                return found;
            }

            if (SystemClock.SinceBoot() > end)
            {
                throw new BootException($"no partition with the label {label} appeared within {limit.TotalSeconds} s");
            }

            Delay.For(Interval);
        }
    }

    /// <summary>Reads <c>uevent</c> of each block device: lines <c>PARTNAME=</c> and <c>DEVNAME=</c>.</summary>
    internal static IReadOnlyList<string> Find(string label, string classFolder = "/sys/class/block")
    {
        if (!Directory.Exists(classFolder))
        {
            return [];
        }

        List<string> found = [];
        foreach (string device in Directory.GetDirectories(classFolder).Order(StringComparer.Ordinal))
        {
            string file = Path.Combine(device, "uevent");
            string[] lines = File.Exists(file) ? File.ReadAllLines(file) : [];
            string? name = lines.FirstOrDefault(l => l.StartsWith("DEVNAME=", StringComparison.Ordinal));
            if (name is not null && lines.Contains($"PARTNAME={label}"))
            {
                found.Add($"/dev/{name["DEVNAME=".Length..]}");
            }
        }

        return found;
    }
}
