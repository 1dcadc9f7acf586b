using System.Globalization;

namespace Talos.Udevd.Devices;

/// <summary>Names a disk by where it is plugged in.</summary>
internal static class DevicePath
{
    /// <summary>The name, such as <c>platform-4010000000.pcie-pci-0000:00:02.0</c>; empty when it is on no bus.</summary>
    /// <param name="path">From the root of /sys/devices to the whole disk.</param>
    public static string Of(IReadOnlyList<PathComponent> path)
    {
        List<string> parts = [];
        string? pci = null;
        foreach (PathComponent component in path)
        {
            if (pci is not null && component.Subsystem != "pci")
            {
                parts.Add(pci);
                pci = null;
            }

            switch (component.Subsystem)
            {
                case "platform":
                    parts.Add($"platform-{component.Name}");
                    break;
                case "pci":
                    pci = $"pci-{component.Name}";
                    break;
                case "usb" when component.Name.Contains(':', StringComparison.Ordinal):
                    parts.RemoveAll(p => p.StartsWith("usb-", StringComparison.Ordinal));
                    parts.Add($"usb-0:{component.Name[(component.Name.IndexOf('-', StringComparison.Ordinal) + 1)..]}");
                    break;
                case "" when component.Name.StartsWith("ata", StringComparison.Ordinal):
                    parts.Add($"ata-{component.Name[3..]}");
                    break;
                case "scsi" when component.Name.Count(c => c == ':') == 3 && !parts.Any(p => p.StartsWith("ata-", StringComparison.Ordinal)):
                    parts.Add($"scsi-0{component.Name[component.Name.IndexOf(':', StringComparison.Ordinal)..]}");
                    break;
                case "block" when component.Name.StartsWith("nvme", StringComparison.Ordinal):
                    parts.Add(NvmeNamespace(component.Name));
                    break;
            }
        }

        return pci is null && parts.Count == 0 ? "" : string.Join('-', pci is null ? parts : [.. parts, pci]);
    }

    private static string NvmeNamespace(string name) =>
        name.LastIndexOf('n') is > 4 and int at && int.TryParse(name[(at + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? string.Create(CultureInfo.InvariantCulture, $"nvme-{number}")
            : "nvme-1";
}
