using Talos.Disks.Probing;
using Talos.Linux;

namespace Talos.Block.Ports;

/// <summary>File systems by their own tools and the kernel.</summary>
internal sealed class LinuxFilesystems(Reaper reaper) : IFilesystems
{
    private const int WipeLength = 16 * 1024 * 1024;
    private const int Corrected = 1, RebootWanted = 2;

    private static readonly string[] Folders = ["/usr/sbin", "/usr/bin", "/sbin"];

    public ProbeResult? Probe(string device)
    {
        using BlockDevice open = BlockDevice.Open(device);
        using BlockStream stream = new(open);
        return FileSystemProbe.Probe(stream);
    }

    public async Task MakeAsync(string type, string device, string label, CancellationToken ct)
    {
        (string tool, string[] arguments) = type switch
        {
            "ext4" => ("mke2fs", (string[])["-q", "-F", "-t", "ext4", "-m", "0", "-L", label, "-E", "nodiscard,lazy_itable_init=0,lazy_journal_init=0", device]),
            "xfs" => ("mkfs.xfs", ["-q", "-f", "-K", "-L", label, device]),
            _ => throw new VolumeException($"{device}: no tool makes {type}"),
        };
        CommandResult result = await Run(tool, arguments, ct).ConfigureAwait(false);
        if (!result.Status.IsSuccess)
        {
            throw new VolumeException($"{tool} {device}: {result.Status}: {result.Output.Trim()}");
        }

        using BlockDevice made = BlockDevice.Open(device, writable: true);
        made.Sync();
    }

    public async Task CheckAsync(string type, string device, CancellationToken ct)
    {
        // xfs replays its log when mounted; its checker refuses a dirty log.
        if (type != "ext4")
        {
            return;
        }

        CommandResult result = await Run("e2fsck", ["-p", device], ct).ConfigureAwait(false);
        if (result.Status.Signal is not Signal.None || (result.Status.Code & ~(Corrected | RebootWanted)) != 0)
        {
            throw new VolumeException($"e2fsck {device}: {result.Status}: {result.Output.Trim()}");
        }
    }

    public void Mount(string device, string target, string type)
    {
        Directory.CreateDirectory(target);
        Mounts.Mount(device, target, type, MountFlags.NoSuid | MountFlags.NoDev | MountFlags.RelAtime);
    }

    public bool Grow(string device, string target, string type)
    {
        if (type != "xfs")
        {
            return false;
        }

        using BlockDevice open = BlockDevice.Open(device);
        return XfsFileSystem.Grow(target, open.Size());
    }

    public MountInfo? FindMount(string target) => MountInfo.Find(target);

    public bool TryUnmount(string target)
    {
        try
        {
            Files.SyncFileSystem(target);
            Mounts.TryUnmount(target);
            return true;
        }
        catch (LinuxException e) when (e.Error is Errno.EBUSY)
        {
            return false;
        }
    }

    public void Detach(string target)
    {
        try
        {
            Mounts.Remount(target, MountFlags.ReadOnly);
        }
        catch (LinuxException e) when (e.Error is Errno.EBUSY)
        {
            Files.SyncFileSystem(target); // Files are open for writing; at least what is written so far is kept.
        }

        Mounts.Unmount(target, UnmountFlags.Detach);
    }

    public void Wipe(string device)
    {
        // Not exclusive: a detached mount may still have users, and its content counts for nothing any more.
        using BlockDevice open = BlockDevice.Open(device, writable: true);
        long size = open.Size();
        long head = Math.Min(size, WipeLength);
        open.Zero(0, head);
        open.Zero(Math.Max(head, size - WipeLength), size - Math.Max(head, size - WipeLength));
        open.Sync();
    }

    private Task<CommandResult> Run(string tool, string[] arguments, CancellationToken ct)
    {
        string path = Folders.Select(f => $"{f}/{tool}").FirstOrDefault(File.Exists)
            ?? throw new VolumeException($"{tool} is not in the root file system ({string.Join(", ", Folders)})");
        return Command.RunAsync(reaper, path, arguments, ct);
    }
}
