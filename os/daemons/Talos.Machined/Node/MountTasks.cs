using Talos.Linux;

namespace Talos.Machined.Node;

/// <summary>Mounts above and below EPHEMERAL and STATE; the volumes themselves belong to the block room.</summary>
internal static class MountTasks
{
    /// <summary>Where EPHEMERAL is mounted.</summary>
    public const string Ephemeral = "/var";

    /// <summary>Where STATE is mounted.</summary>
    public const string State = "/system/state";

    private const string OverlayRoot = "/var/system/overlays";

    /// <summary>Mounts of these places are left behind by pods.</summary>
    private static readonly string[] PodPlaces = ["/var/lib/kubelet", "/run/containerd", "/var/lib/containerd", "/run/netns", "/var/run/netns"];

    /// <summary>Makes the directories of EPHEMERAL and lays it over the places of the root that may be written.</summary>
    public static void PrepareEphemeral()
    {
        foreach (string directory in NodeMounts.EphemeralDirectories)
        {
            Directory.CreateDirectory(directory);
        }

        if (!Path.Exists("/var/run"))
        {
            File.CreateSymbolicLink("/var/run", "/run");
        }

        BindNetworkState();
        foreach (string target in NodeMounts.Overlays.Where(t => Directory.Exists(t) && !IsMounted(t)))
        {
            string name = target.Trim('/').Replace('/', '-');
            string upper = $"{OverlayRoot}/{name}-diff";
            string work = $"{OverlayRoot}/{name}-workdir";
            Directory.CreateDirectory(upper);
            Directory.CreateDirectory(work);
            Mounts.Mount("overlay", target, "overlay", MountFlags.None, $"lowerdir={target},upperdir={upper},workdir={work}");
        }
    }

    /// <summary>Whether something is mounted at a place.</summary>
    public static bool IsMounted(string target) => MountInfo.Find(target) is not null;

    /// <summary>Puts the state of pod networks on tmpfs: it describes network namespaces, which end with the boot.</summary>
    /// <remarks>Found after a power cut: an empty cached result here keeps the CRI from ever removing the pod it belonged to.</remarks>
    private static void BindNetworkState()
    {
        if (!IsMounted(NodeMounts.NetworkState))
        {
            const string Volatile = "/run/cni/state";
            Directory.CreateDirectory(Volatile);
            Mounts.Bind(Volatile, NodeMounts.NetworkState);
        }
    }

    /// <summary>Unmounts what pods left, the deepest places first.</summary>
    public static void UnmountPods() => UnmountAll(m => PodPlaces.Any(p => m.StartsWith(p + "/", StringComparison.Ordinal)));

    /// <summary>Unmounts the overlays and everything below <c>/var</c>.</summary>
    public static void UnmountAboveAndBelowEphemeral()
    {
        UnmountAll(m => NodeMounts.Overlays.Contains(m));
        UnmountAll(m => m.StartsWith(Ephemeral + "/", StringComparison.Ordinal));
    }

    /// <summary>A place that is busy is at least detached: its filesystem is then unmounted when the last user is gone.</summary>
    private static void UnmountAll(Func<string, bool> which)
    {
        List<string> busy = [];
        foreach (string target in MountInfo.ReadAll().Select(m => m.MountPoint).Where(which).Reverse())
        {
            try
            {
                Mounts.Unmount(target);
            }
            catch (LinuxException e) when (e.Error is Errno.EBUSY)
            {
                Files.SyncFileSystem(target);
                Mounts.Unmount(target, UnmountFlags.Detach);
                busy.Add(target);
            }
            catch (LinuxException e) when (e.Error is Errno.EINVAL or Errno.ENOENT)
            {
                // Gone by itself.
            }
        }

        if (busy.Count > 0)
        {
            throw new IOException($"still in use, detached: {string.Join(", ", busy)}");
        }
    }
}
