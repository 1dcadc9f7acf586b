using Talos.Linux;

namespace Talos.Stage1;

/// <summary>From the initramfs to the verified root.</summary>
internal static class Boot
{
    private const string NewRoot = "/root";
    private const string Init = "/usr/bin/init";

    /// <summary>One arena of the C library instead of eight a processor: several MiB less of PID 1.</summary>
    private static readonly string[] Environment = ["HOME=/root", "PATH=/usr/bin:/usr/sbin", "TERM=linux", "MALLOC_ARENA_MAX=1"];

    private static readonly TimeSpan DiskTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Returns only by an exception.</summary>
    internal static void Run(BootLog log)
    {
        KernelCommandLine line = KernelCommandLine.Read();
        BootArguments arguments = BootArguments.From(line);
        Modules.Load(log);
        BootWatchdog.Arm(line, log);

        Candidate root = MountRoot(arguments, InOrder(Partitions.WaitFor(arguments, DiskTimeout)), log);
        log.Info($"root of slot {root.Label[^1]} on {root.Device}; switching root after {SystemClock.SinceBoot().TotalSeconds:F2} s");

        SwitchRoot.To(NewRoot);
        ProcessImage.Replace(Init, Init, [], Environment);
    }

    /// <summary>When both slots hold the same system, the boot loader knows which of them it started.</summary>
    private static IReadOnlyList<Candidate> InOrder(IReadOnlyList<Candidate> found) =>
        found.Select(c => c.Label).Distinct().Count() > 1 && SelectedEntry.ReadSlot() is { } slot
            ? [.. found.OrderByDescending(c => c.Label == $"ROOT-{slot}")]
            : found;

    /// <summary>
    /// Tries each partition: with a second medium attached there may be two of one label. Any that fits the
    /// hash holds the same bytes, so it does not matter which one it is.
    /// </summary>
    private static Candidate MountRoot(BootArguments arguments, IReadOnlyList<Candidate> candidates, BootLog log)
    {
        Directory.CreateDirectory(NewRoot);
        LinuxException? last = null;
        foreach (Candidate candidate in candidates)
        {
            try
            {
                MountVerified(arguments, candidate.Device);
                return candidate;
            }
            catch (LinuxException e)
            {
                log.Warning($"{candidate.Device} ({candidate.Label}) does not fit: {e.Message}");
                last = e;
            }
        }

        throw new BootException(
            $"{string.Join(" and ", candidates.Select(c => $"{c.Device} ({c.Label})"))}: no root with the verity hash {arguments.RootHash}", last);
    }

    private static void MountVerified(BootArguments arguments, string device)
    {
        const string name = "root";
        string verified = DeviceMapper.CreateVerity(name, new VerityTarget
        {
            Device = device,
            DataBlocks = arguments.DataBlocks,
            RootHash = arguments.RootHash,
            Salt = arguments.Salt,
        });

        try
        {
            Mounts.Mount(verified, NewRoot, "squashfs", MountFlags.ReadOnly);
        }
        catch (LinuxException)
        {
            DeviceMapper.RemoveDevice(name);
            throw;
        }
    }
}
