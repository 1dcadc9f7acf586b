using System.Text;
using Talos.Linux;

namespace Talos.Network.Ports;

/// <summary>What the room reads and writes of the node's files.</summary>
internal interface INodeFiles
{
    /// <summary>The kernel's command line.</summary>
    string Cmdline { get; }

    /// <summary>UUID or serial number of the board; empty when it has none that is its own.</summary>
    string BoardIdentity { get; }

    /// <summary>The kernel's node name.</summary>
    string Hostname { get; set; }

    /// <summary>Writes a file below /system/etc, when its text is another; the file stays the same inode, for it is bound over /etc.</summary>
    void WriteEtc(string name, string text);
}

internal sealed class NodeFiles : INodeFiles
{
    private const string EtcFolder = "/system/etc";

    private static readonly string[] IdentityFiles =
    [
        "/sys/class/dmi/id/product_uuid",
        "/proc/device-tree/serial-number",
        "/sys/class/dmi/id/product_serial",
    ];

    public string Cmdline => File.ReadAllText("/proc/cmdline").Trim();

    public string BoardIdentity => IdentityFiles.Select(Text).FirstOrDefault(IsOwn) ?? "";

    public string Hostname
    {
        get => Talos.Linux.Hostname.Get();
        set => Talos.Linux.Hostname.Set(value);
    }

    public void WriteEtc(string name, string text)
    {
        Files.CreateDirectory(EtcFolder, (UnixFileMode)0b111_101_101);
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        string path = Path.Combine(EtcFolder, name);
        if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes))
        {
            return;
        }

        using FileStream file = new(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        file.Write(bytes);
        file.SetLength(bytes.Length);
        File.SetUnixFileMode(file.SafeFileHandle, (UnixFileMode)0b110_100_100);
    }

    private static string Text(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim('\0', '\n', ' ');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>Board makers leave zeros or a phrase where a number of its own should be.</summary>
    private static bool IsOwn(string text) =>
        text.Length >= 8 && text.Count(char.IsAsciiHexDigit) >= 8 && text.Replace("-", "", StringComparison.Ordinal).Distinct().Count() > 1;
}
