using Talos.Hardware.Rules;
using Talos.Linux;
using Talos.Resources.Hardware;

namespace Talos.Hardware.Ports;

/// <summary>What firmware and kernel say about the board.</summary>
internal interface IBoard
{
    /// <summary>The SMBIOS structures; empty on a board without.</summary>
    byte[] SmbiosTables { get; }

    /// <summary>The board by its device tree, for one without SMBIOS.</summary>
    SystemInformation DeviceTree { get; }

    /// <summary>Text of /proc/cpuinfo.</summary>
    string CpuInfo { get; }

    /// <summary>The PCI devices by bus address.</summary>
    IReadOnlyDictionary<string, PciDevice> PciDevices { get; }
}

internal sealed class BoardFiles : IBoard
{
    private const string PciFolder = "/sys/bus/pci/devices";

    public byte[] SmbiosTables => Bytes("/sys/firmware/dmi/tables/DMI");

    public string CpuInfo => Text("/proc/cpuinfo");

    public SystemInformation DeviceTree
    {
        get
        {
            string compatible = Text("/proc/device-tree/compatible").Split('\0')[0];
            return new SystemInformation
            {
                Manufacturer = compatible.Split(',')[0],
                ProductName = Text("/proc/device-tree/model"),
                SerialNumber = Text("/proc/device-tree/serial-number"),
            };
        }
    }

    public IReadOnlyDictionary<string, PciDevice> PciDevices =>
        !Directory.Exists(PciFolder) ? new Dictionary<string, PciDevice>() : new DirectoryInfo(PciFolder).EnumerateFileSystemInfos().ToDictionary(
            device => device.Name,
            device => PciNames.Device(
                Text($"{device.FullName}/class"),
                Text($"{device.FullName}/vendor"),
                Text($"{device.FullName}/device"),
                Driver($"{device.FullName}/driver")));

    private static string Driver(string link) =>
        Path.Exists(link) ? Directory.ResolveLinkTarget(link, returnFinalTarget: false)?.Name ?? "" : "";

    private static string Text(string path) => System.Text.Encoding.UTF8.GetString(Bytes(path)).Trim('\0', '\n', ' ');

    private static byte[] Bytes(string path)
    {
        try
        {
            return KernelFiles.ReadBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
