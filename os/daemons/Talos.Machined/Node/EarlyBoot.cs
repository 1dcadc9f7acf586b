using Talos.Linux;

namespace Talos.Machined.Node;

/// <summary>What has to be there before anything else: filesystems, places, limits.</summary>
internal static class EarlyBoot
{
    private const ulong MaxOpenFiles = 1_048_576;

    private const UnixFileMode OwnerAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Traversable = OwnerAll | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>Prepares the system.</summary>
    /// <returns>What did not work and can be done without, one line each.</returns>
    /// <exception cref="IOException">A filesystem the node cannot do without.</exception>
    public static IReadOnlyList<string> Run()
    {
        List<string> problems = [];
        Files.SetUmask(0x12); // 022: others may not write
        MountAll(problems);
        foreach (string directory in NodeMounts.Directories)
        {
            Directory.CreateDirectory(directory, Traversable);
        }

        BindEtcFiles(problems);
        Try(problems, () => Mounts.SetPropagation("/", MountFlags.Shared | MountFlags.Recursive));
        Try(problems, () => ResourceLimits.SetMaxOpenFiles(MaxOpenFiles));
        Try(problems, () => Machine.Reboot(RebootCommand.DisableCtrlAltDel));
        CgroupTree.Create(problems);
        return problems;
    }

    private static void MountAll(List<string> problems)
    {
        HashSet<string> mounted = MountedNow();
        foreach (NodeMount mount in NodeMounts.Early.Where(m => !mounted.Contains(m.Target)))
        {
            try
            {
                if (!Directory.Exists(mount.Target))
                {
                    if (!mount.Target.StartsWith("/dev/", StringComparison.Ordinal))
                    {
                        continue;
                    }

                    Directory.CreateDirectory(mount.Target);
                }

                Mounts.Mount(mount.Source, mount.Target, mount.Type, mount.Flags, mount.Data);
            }
            catch (IOException e) when (!mount.Required)
            {
                problems.Add(e.Message);
            }
        }
    }

    private static HashSet<string> MountedNow() =>
        File.Exists("/proc/self/mountinfo") ? [.. MountInfo.ReadAll().Select(m => m.MountPoint)] : [];

    private static void BindEtcFiles(List<string> problems)
    {
        foreach (string name in NodeMounts.EtcFiles)
        {
            string source = $"/system/etc/{name}";
            string target = $"/etc/{name}";
            if (!File.Exists(source))
            {
                byte[] first = File.Exists(target) ? File.ReadAllBytes(target) : [];
                File.WriteAllBytes(source, first);
            }

            if (File.Exists(target))
            {
                Try(problems, () => Mounts.Bind(source, target));
            }
            else
            {
                problems.Add($"{target} is not in the root, so {source} is not bound over it");
            }
        }
    }

    private static void Try(List<string> problems, Action action)
    {
        try
        {
            action();
        }
        catch (IOException e)
        {
            problems.Add(e.Message);
        }
    }
}
