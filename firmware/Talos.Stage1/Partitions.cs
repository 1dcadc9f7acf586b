using Talos.Linux;

namespace Talos.Stage1;

/// <summary>Finds partitions by their GPT label through sysfs.</summary>
internal static class Partitions
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>A disk of another controller may come later than one whose partitions do not fit.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Waits for partitions that hold the root of the command line.</summary>
    /// <param name="arguments">What is looked for.</param>
    /// <param name="limit">How long disks may take to appear.</param>
    /// <returns>Those that fit; when none does, all with a label that is looked for.</returns>
    internal static IReadOnlyList<Candidate> WaitFor(BootArguments arguments, TimeSpan limit)
    {
        TimeSpan end = SystemClock.SinceBoot() + limit;
        TimeSpan? foundAt = null;
        while (true)
        {
            Candidate[] found = [.. arguments.PartitionLabels.SelectMany(label => Find(label).Select(device => new Candidate(label, device)))];
            Candidate[] fitting = [.. found.Where(c => VeritySuperblock.Fits(c.Device, arguments))];
            TimeSpan now = SystemClock.SinceBoot();
            foundAt ??= found.Length > 0 ? now : null;
            if (fitting.Length > 0 || now - foundAt > Patience)
            {
                return fitting.Length > 0 ? fitting : found;
            }

            if (now > end)
            {
                throw new BootException($"no partition with the label {string.Join(" or ", arguments.PartitionLabels)} appeared within {limit.TotalSeconds} s");
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

/// <summary>A partition the root may be on.</summary>
/// <param name="Label">Its GPT label.</param>
/// <param name="Device">Its device node.</param>
internal sealed record Candidate(string Label, string Device);
