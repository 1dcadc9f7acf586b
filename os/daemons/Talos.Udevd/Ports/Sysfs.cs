using System.Globalization;
using Talos.Linux;
using Talos.Udevd.Devices;

namespace Talos.Udevd.Ports;

/// <summary>Reads devices in /sys.</summary>
internal static class Sysfs
{
    private const string Root = "/sys";
    private const int DeepestFolder = 32;

    /// <summary>All devices, parents before children, as if they had just been added.</summary>
    public static IEnumerable<Uevent> Devices() => Walk("/devices", 0);

    /// <summary>The event of a device as its file holds it; null when there is none or it went away.</summary>
    public static Uevent? Read(string devPath)
    {
        try
        {
            byte[] text = KernelFiles.ReadBytes($"{Root}{devPath}/uevent");

            // Only what has a name is told apart by subsystem; to look it up for each device would take half of the whole walk.
            bool named = text.AsSpan().IndexOf("DEVNAME="u8) >= 0 || text.AsSpan().IndexOf("INTERFACE="u8) >= 0;
            return Uevent.FromFile(devPath, text, named ? Subsystem(devPath) : null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Text of an attribute without blanks at its ends; empty when it cannot be read.</summary>
    public static string Text(string devPath, string attribute)
    {
        try
        {
            return File.ReadAllText($"{Root}{devPath}/{attribute}").Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>Number in an attribute; 0 when it cannot be read.</summary>
    public static long Number(string devPath, string attribute) =>
        long.TryParse(Text(devPath, attribute), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;

    /// <summary>The components of a device's path below /sys/devices, each with its subsystem.</summary>
    public static IReadOnlyList<PathComponent> Components(string devPath)
    {
        List<PathComponent> components = [];
        string path = "";
        foreach (string name in devPath.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            path += "/" + name;
            if (path != "/devices")
            {
                components.Add(new PathComponent(Subsystem(path) ?? "", name));
            }
        }

        return components;
    }

    private static string? Subsystem(string devPath)
    {
        try
        {
            return Directory.ResolveLinkTarget($"{Root}{devPath}/subsystem", returnFinalTarget: false)?.Name;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static IEnumerable<Uevent> Walk(string devPath, int depth)
    {
        if (File.Exists($"{Root}{devPath}/uevent") && Read(devPath) is { } uevent)
        {
            yield return uevent;
        }

        if (depth == DeepestFolder)
        {
            yield break;
        }

        foreach (string folder in Folders($"{Root}{devPath}"))
        {
            foreach (Uevent below in Walk($"{devPath}/{folder}", depth + 1))
            {
                yield return below;
            }
        }
    }

    private static List<string> Folders(string path)
    {
        try
        {
            return [.. new DirectoryInfo(path).EnumerateDirectories().Where(d => d.Name != "power" && d.LinkTarget is null).Select(d => d.Name)];
        }
        catch (IOException)
        {
            return [];
        }
    }
}
