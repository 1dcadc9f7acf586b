using Talos.Linux;
using Talos.Udevd.Devices;

namespace Talos.Udevd.Ports;

/// <summary>Permissions and links in /dev.</summary>
internal static class DeviceFolder
{
    private const string Root = "/dev";

    /// <summary>Gives a node the mode and group of its rule.</summary>
    public static void Apply(string name, NodeRule rule)
    {
        string path = $"{Root}/{name}";
        if (Files.TryStatus(path, followLinks: false) is not { Type: FileType.BlockDevice or FileType.CharacterDevice } status)
        {
            return;
        }

        if (status.Gid != rule.Group)
        {
            Files.ChangeOwner(path, 0, rule.Group);
        }

        if (status.Permissions != rule.Mode)
        {
            File.SetUnixFileMode(path, (UnixFileMode)rule.Mode);
        }
    }

    /// <summary>Makes a link lead to a device, or removes it.</summary>
    /// <param name="link">Relative to /dev.</param>
    /// <param name="device">Name of the device relative to /dev; null to remove the link.</param>
    public static void SetLink(string link, string? device)
    {
        string path = $"{Root}/{link}";
        if (device is null)
        {
            File.Delete(path);
            return;
        }

        string target = Path.GetRelativePath(Path.GetDirectoryName(path)!, $"{Root}/{device}");
        FileInfo existing = new(path);
        if (existing.LinkTarget == target || (existing.LinkTarget is null && existing.Exists))
        {
            // It is right, or it is a node of the kernel's own.
            return;
        }

        Files.CreateDirectory(Path.GetDirectoryName(path)!, (UnixFileMode)0b111_101_101);
        string temporary = path + ".tmp";
        File.Delete(temporary);
        File.CreateSymbolicLink(temporary, target);
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>The links every process expects, which no device stands behind.</summary>
    public static void MakeStandardLinks()
    {
        foreach ((string link, string target) in ((string, string)[])
            [("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"), ("stderr", "/proc/self/fd/2"), ("core", "/proc/kcore")])
        {
            FileInfo existing = new($"{Root}/{link}");
            if (existing.LinkTarget is null && !existing.Exists)
            {
                File.CreateSymbolicLink(existing.FullName, target);
            }
        }
    }
}
