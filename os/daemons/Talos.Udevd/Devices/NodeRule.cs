namespace Talos.Udevd.Devices;

/// <summary>Who may use which device nodes.</summary>
/// <param name="Subsystem">Subsystem of the device; null for any.</param>
/// <param name="Name">Pattern of the node's name below /dev.</param>
/// <param name="Mode">Permission bits, octal.</param>
/// <param name="Group">Number of the group.</param>
internal sealed record NodeRule(string? Subsystem, string Name, uint Mode, uint Group);

/// <summary>The rules. The first that fits counts; a node that none fits stays as the kernel made it.</summary>
/// <remarks>Groups have the numbers of Debian's base-passwd, so that containers made from Debian find what they expect.</remarks>
internal static class NodeRules
{
    private const uint Root = 0;
    private const uint Tty = 5;
    private const uint Disk = 6;
    private const uint Kmem = 15;
    private const uint Dialout = 20;
    private const uint Audio = 29;
    private const uint Video = 44;
    private const uint Input = 101;
    private const uint Render = 105;

    /// <summary>The table.</summary>
    public static IReadOnlyList<NodeRule> All { get; } =
    [
        Of("block", "*", "0660", Disk),
        Of("mem", "null", "0666", Root),
        Of("mem", "zero", "0666", Root),
        Of("mem", "full", "0666", Root),
        Of("mem", "random", "0666", Root),
        Of("mem", "urandom", "0666", Root),
        Of("mem", "mem", "0640", Kmem),
        Of("mem", "port", "0640", Kmem),
        Of("tty", "tty", "0666", Tty),
        Of("tty", "ptmx", "0666", Tty),
        Of("tty", "tty[0-9]*", "0620", Tty),
        Of("tty", "ttyS*", "0660", Dialout),
        Of("tty", "ttyAMA*", "0660", Dialout),
        Of("tty", "ttyUSB*", "0660", Dialout),
        Of("tty", "ttyACM*", "0660", Dialout),
        Of("misc", "fuse", "0666", Root),
        Of("misc", "net/tun", "0666", Root),
        Of("misc", "kvm", "0666", Root),
        Of("misc", "vhost-net", "0666", Root),
        Of("misc", "vhost-vsock", "0666", Root),
        Of("misc", "rfkill", "0664", Root),
        Of("misc", "uinput", "0600", Root),
        Of("misc", "watchdog", "0600", Root),
        Of("watchdog", "*", "0600", Root),
        Of("rtc", "*", "0640", Root),
        Of("tpm", "*", "0600", Root),
        Of("tpmrm", "*", "0600", Root),
        Of("input", "*", "0660", Input),
        Of("sound", "*", "0660", Audio),
        Of("video4linux", "*", "0660", Video),
        Of("media", "*", "0660", Video),
        Of("drm", "dri/renderD*", "0666", Render),
        Of("drm", "*", "0660", Video),
        Of("dma_heap", "*", "0660", Video),
        Of("usb", "*", "0664", Root),
        Of("gpio", "*", "0660", Root),
        Of("i2c-dev", "*", "0660", Root),
        Of("spidev", "*", "0660", Root),
    ];

    /// <summary>The rule for a node; null when none fits.</summary>
    public static NodeRule? For(string? subsystem, string name)
    {
        byte[] text = System.Text.Encoding.UTF8.GetBytes(name);
        return All.FirstOrDefault(rule => (rule.Subsystem is null || rule.Subsystem == subsystem)
            && Modules.Glob.Matches(System.Text.Encoding.UTF8.GetBytes(rule.Name), text));
    }

    private static NodeRule Of(string subsystem, string name, string mode, uint group) => new(subsystem, name, Convert.ToUInt32(mode, 8), group);
}
