using System.Diagnostics;
using System.Globalization;
using Talos.Linux;
using Talos.Udevd.Devices;
using Talos.Udevd.Modules;
using Talos.Udevd.Ports;

namespace Talos.Udevd;

/// <summary>Serves devices: modules, permissions, links. It runs in one thread.</summary>
internal sealed class Udevd(Action<string> log)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestSettle = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    private readonly LinkClaims _claims = new();
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private ModuleAutoloader? _modules;

    private ModuleAutoloader Modules => _modules ??= new ModuleAutoloader(ModuleFiles.ReadDatabase(), ModuleFiles.Load, log);

    /// <summary>Serves what is there, says that it has settled, and goes on for ever.</summary>
    public void Run(Action settled)
    {
        long started = Stopwatch.GetTimestamp();
        using UeventSocket socket = UeventSocket.Open();
        DeviceFolder.MakeStandardLinks();
        int devices = Coldplug();
        Settle(socket, started);
        log(string.Create(
            CultureInfo.InvariantCulture,
            $"settled after {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s: {devices} devices, {Modules.Loaded} modules loaded"));
        settled();
        Forget();

        while (true)
        {
            if (Next(socket, Patience))
            {
                continue;
            }

            Forget();
        }
    }

    /// <summary>Serves all devices there are; what their modules bring meanwhile comes as events of the kernel.</summary>
    private int Coldplug()
    {
        int count = 0;
        foreach (Uevent device in Sysfs.Devices())
        {
            count++;
            LoadModules(device);
            Serve(device);
        }

        return count;
    }

    private void Settle(UeventSocket socket, long started)
    {
        while (Next(socket, Quiet) && Stopwatch.GetElapsedTime(started) < LongestSettle)
        {
        }
    }

    /// <returns>False when no event came in time.</returns>
    private bool Next(UeventSocket socket, TimeSpan limit)
    {
        try
        {
            if (socket.Receive(limit) is not { } uevent)
            {
                return false;
            }

            if (uevent.Action is "add" or "bind")
            {
                LoadModules(uevent);
            }

            Serve(uevent);
        }
        catch (LinuxException e) when (e.Error is Errno.ENOBUFS)
        {
            log("events were lost: all devices are served again");
            Coldplug();
        }

        return true;
    }

    private void LoadModules(Uevent device)
    {
        if (device["MODALIAS"] is { Length: > 0 } modalias)
        {
            Modules.Serve(modalias);
        }
    }

    private void Serve(Uevent device)
    {
        try
        {
            if (device.Action == "remove")
            {
                Remove(device);
            }
            else if (device["DEVNAME"] is { Length: > 0 } name)
            {
                Add(device, name);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log($"{device.DevPath}: {e.Message}");
        }
    }

    private void Add(Uevent device, string name)
    {
        string? subsystem = device["SUBSYSTEM"];
        if (device.Action == "add" && NodeRules.For(subsystem, name) is { } rule)
        {
            DeviceFolder.Apply(name, rule);
        }

        IReadOnlyList<string> links = subsystem switch
        {
            "block" => DiskLinks.Of(DiskReader.Read(device, name)),
            "rtc" when name == "rtc0" => ["rtc"],
            _ => [],
        };
        if (links.Count > 0 || _names.ContainsKey(device.DevPath))
        {
            _names[device.DevPath] = name;
            Link(_claims.Set(name, links));
        }
    }

    private void Remove(Uevent device)
    {
        if (_names.Remove(device.DevPath, out string? name))
        {
            Link(_claims.Remove(name));
        }
    }

    private static void Link(IReadOnlyDictionary<string, string?> changes)
    {
        foreach ((string link, string? device) in changes)
        {
            DeviceFolder.SetLink(link, device);
        }
    }

    /// <summary>Gives back the memory of the last work: the module database is read again when it is needed.</summary>
    private void Forget()
    {
        _modules = null;
        OwnMemory.Trim();
    }
}
