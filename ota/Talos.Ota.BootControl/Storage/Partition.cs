using Talos.Linux;

namespace Talos.Ota.BootControl.Storage;

/// <summary>How the partition of a slot is opened.</summary>
public static class Partition
{
    /// <summary>Opens it: the one that is written past the page cache, the one that runs through it.</summary>
    /// <param name="path">Device node.</param>
    /// <param name="writable">It is written and read back; nobody else has it open.</param>
    public static ISlotStorage Open(string path, bool writable)
    {
        if (!writable)
        {
            return FileStorage.OpenPartition(path, writable: false);
        }

        try
        {
            return DirectStorage.Open(path);
        }
        catch (LinuxException e) when (e.Error is Errno.EINVAL)
        {
            // A device without direct access: within the window of FileStorage it does no harm to the workload either.
            return FileStorage.OpenPartition(path, writable: true);
        }
    }
}
