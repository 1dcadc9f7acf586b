using Talos.Resources.Hardware;

namespace Talos.Hardware.Rules;

/// <summary>Names of PCI classes and of the vendors one meets on boards.</summary>
/// <remarks>Source: PCI Code and ID Assignment Specification, section 1.</remarks>
internal static class PciNames
{
    private static readonly string[] Classes =
    [
        "Unclassified device", "Mass storage controller", "Network controller", "Display controller", "Multimedia controller",
        "Memory controller", "Bridge", "Communication controller", "Generic system peripheral", "Input device controller",
        "Docking station", "Processor", "Serial bus controller", "Wireless controller", "Intelligent controller",
        "Satellite communications controller", "Encryption controller", "Signal processing controller", "Processing accelerators",
    ];

    private static readonly Dictionary<string, string> Vendors = new()
    {
        ["0x1af4"] = "Red Hat, Inc. (virtio)",
        ["0x1b36"] = "Red Hat, Inc. (QEMU)",
        ["0x8086"] = "Intel Corporation",
        ["0x10ec"] = "Realtek Semiconductor Co., Ltd.",
        ["0x14e4"] = "Broadcom Inc.",
        ["0x10de"] = "NVIDIA Corporation",
        ["0x1d87"] = "Rockchip Electronics Co., Ltd",
        ["0x144d"] = "Samsung Electronics Co Ltd",
        ["0x1de4"] = "Raspberry Pi Ltd",
    };

    /// <summary>A device by the texts of its attributes in /sys.</summary>
    /// <param name="deviceClass"><c>0x020000</c>: class, subclass, interface.</param>
    /// <param name="vendor"><c>0x1af4</c>.</param>
    /// <param name="product"><c>0x1000</c>.</param>
    /// <param name="driver">Kernel driver; empty when none.</param>
    public static PciDevice Device(string deviceClass, string vendor, string product, string driver)
    {
        string number = deviceClass.Length >= 6 ? "0x" + deviceClass[2..4] : "";
        string subclass = deviceClass.Length >= 6 ? "0x" + deviceClass[4..6] : "";
        int index = number.Length > 0 && int.TryParse(number[2..], System.Globalization.NumberStyles.HexNumber, null, out int parsed) ? parsed : -1;
        return new PciDevice
        {
            Class = index >= 0 && index < Classes.Length ? Classes[index] : number,
            Subclass = subclass,
            Vendor = Vendors.GetValueOrDefault(vendor, vendor),
            Product = product,
            ClassId = number,
            SubclassId = subclass,
            VendorId = vendor,
            ProductId = product,
            Driver = driver,
        };
    }
}
