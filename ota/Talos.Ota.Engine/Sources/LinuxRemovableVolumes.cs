using Talos.Disks.Probing;
using Talos.Linux;

namespace Talos.Ota.Engine.Sources;

/// <summary>Looks at the first bytes of every block device, and mounts what fits read-only.</summary>
/// <param name="mountPoint">Folder to mount at; created when absent.</param>
public sealed class LinuxRemovableVolumes(string mountPoint) : IRemovableVolumes
{
    private const string Devices = "/sys/class/block";

    /// <inheritdoc/>
    public IMountedVolume Mount(string label)
    {
        (string Device, string Type)[] found = [.. Find(label)];
        if (found.Length != 1)
        {
            throw new SourceException(found.Length == 0
                ? $"usb:{label}: no block device has a file system with this label; is the stick plugged in?"
                : $"usb:{label}: {string.Join(" and ", found.Select(f => f.Device))} have this label; unplug one");
        }

        (string device, string type) = found[0];
        try
        {
            Directory.CreateDirectory(mountPoint);
            Mounts.Mount(device, mountPoint, type, MountFlags.ReadOnly | MountFlags.NoSuid | MountFlags.NoDev | MountFlags.NoExec);
            return new Volume(mountPoint);
        }
        catch (Exception e) when (e is LinuxException or IOException or UnauthorizedAccessException)
        {
            throw new SourceException($"usb:{label} on {device}", e);
        }
    }

    private static IEnumerable<(string Device, string Type)> Find(string label)
    {
        foreach (string name in Directory.GetFileSystemEntries(Devices).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal))
        {
            if (Probe($"/dev/{name}") is { } probed && probed.Label.Length > 0
                && string.Equals(probed.Label, label, probed.Type == "vfat" ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal))
            {
                yield return ($"/dev/{name}", probed.Type);
            }
        }
    }

    /// <summary>What a device holds; null also when it cannot be read, as a card reader without a card.</summary>
    private static ProbeResult? Probe(string device)
    {
        try
        {
            using var opened = BlockDevice.Open(device);
            using BlockStream stream = new(opened);
            return FileSystemProbe.Probe(stream);
        }
        catch (Exception e) when (e is LinuxException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private sealed class Volume(string folder) : IMountedVolume
    {
        public string Folder => folder;

        public void Dispose() => Mounts.TryUnmount(folder);
    }
}
