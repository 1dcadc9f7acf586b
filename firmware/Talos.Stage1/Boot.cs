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
        log.Info($"slot {arguments.Slot}");
        Modules.Load(log);
        BootWatchdog.Arm(line, log);

        string device = MountRoot(arguments, Partitions.WaitFor(arguments.PartitionLabel, DiskTimeout), log);
        log.Info($"root of slot {arguments.Slot} on {device}; switching root after {SystemClock.SinceBoot().TotalSeconds:F2} s");

        SwitchRoot.To(NewRoot);
        ProcessImage.Replace(Init, Init, [], Environment);
    }

    /// <summary>
    /// Tries each partition of the label: with a second medium attached there may be two. Any that fits the
    /// hash holds the same bytes, so it does not matter which one it is.
    /// </summary>
    private static string MountRoot(BootArguments arguments, IReadOnlyList<string> devices, BootLog log)
    {
        Directory.CreateDirectory(NewRoot);
        LinuxException? last = null;
        foreach (string device in devices)
        {
            try
            {
                MountVerified(arguments, device);
                return device;
            }
            catch (LinuxException e)
            {
                log.Warning($"{device} does not fit: {e.Message}");
                last = e;
            }
        }

        throw new BootException(
            $"slot {arguments.Slot}: {string.Join(" and ", devices)} ({arguments.PartitionLabel}) does not hold the root with the hash {arguments.RootHash}", last);
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
