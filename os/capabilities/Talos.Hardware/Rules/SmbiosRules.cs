using Talos.Resources.Hardware;

namespace Talos.Hardware.Rules;

/// <summary>What SMBIOS structures say.</summary>
/// <remarks>Source: DMTF DSP0134, sections 7.2, 7.5, 7.18.</remarks>
internal static class SmbiosRules
{
    private static readonly string[] WakeUpTypes =
        ["Reserved", "Other", "Unknown", "APM Timer", "Modem Ring", "LAN Remote", "Power Switch", "PCI PME#", "AC Power Restored"];

    /// <summary>The board; null for another structure.</summary>
    public static SystemInformation? System(SmbiosStructure s) => s.Type != 1 ? null : new SystemInformation
    {
        Manufacturer = s.Text(4),
        ProductName = s.Text(5),
        Version = s.Text(6),
        SerialNumber = s.Text(7),
        Uuid = Uuid(s),
        WakeUpType = s.Number(0x18, 1) is > 0 and uint type && type < WakeUpTypes.Length ? WakeUpTypes[type] : "",
        SkuNumber = s.Text(0x19),
    };

    /// <summary>A processor; null for another structure or an empty socket.</summary>
    public static Processor? Processor(SmbiosStructure s) => s.Type != 4 || (s.Number(0x18, 1) & 0x40) == 0 ? null : new Processor
    {
        Socket = s.Text(4),
        Manufacturer = s.Text(7),
        ProductName = s.Text(0x10),
        MaxSpeedMhz = (int)s.Number(0x14, 2),
        CoreCount = (int)(s.Number(0x23, 1) == 0xff ? s.Number(0x2a, 2) : s.Number(0x23, 1)),
        ThreadCount = (int)(s.Number(0x25, 1) == 0xff ? s.Number(0x2e, 2) : s.Number(0x25, 1)),
    };

    /// <summary>A memory module; null for another structure or an empty slot.</summary>
    public static MemoryModule? Memory(SmbiosStructure s) => s.Type != 17 || Size(s) is not (> 0 and long size) ? null : new MemoryModule
    {
        SizeMiB = size,
        DeviceLocator = s.Text(0x10),
        BankLocator = s.Text(0x11),
        Speed = (int)s.Number(0x15, 2),
        Manufacturer = s.Text(0x17),
        SerialNumber = s.Text(0x18),
        ProductName = s.Text(0x1a),
    };

    /// <summary>The first three fields of the UUID are little-endian since SMBIOS 2.6; all zeros or ones is none.</summary>
    private static string Uuid(SmbiosStructure s)
    {
        if (s.Data.Length < 0x18)
        {
            return "";
        }

        ReadOnlySpan<byte> bytes = s.Data.AsSpan(8, 16);
        return bytes.IndexOfAnyExcept((byte)0) < 0 || bytes.IndexOfAnyExcept((byte)0xff) < 0 ? "" : new Guid(bytes).ToString("D");
    }

    private static long Size(SmbiosStructure s) => s.Number(0x0c, 2) switch
    {
        0 or 0xffff => 0,
        0x7fff => s.Number(0x1c, 4) & 0x7fffffff,
        uint kilobytes when (kilobytes & 0x8000) != 0 => (kilobytes & 0x7fff) / 1024,
        uint megabytes => megabytes,
    };
}
