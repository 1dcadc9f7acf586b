using Talos.Resources.Hardware;

namespace Talos.Hardware.Rules;

/// <summary>What /proc/cpuinfo says, for boards without SMBIOS.</summary>
internal static class CpuInfo
{
    private static readonly Dictionary<string, string> Implementers = new()
    {
        ["0x41"] = "ARM",
        ["0x42"] = "Broadcom",
        ["0x43"] = "Cavium",
        ["0x46"] = "Fujitsu",
        ["0x48"] = "HiSilicon",
        ["0x4e"] = "NVIDIA",
        ["0x51"] = "Qualcomm",
        ["0x61"] = "Apple",
        ["0xc0"] = "Ampere",
    };

    private static readonly Dictionary<string, string> ArmParts = new()
    {
        ["0xd03"] = "Cortex-A53",
        ["0xd04"] = "Cortex-A35",
        ["0xd05"] = "Cortex-A55",
        ["0xd07"] = "Cortex-A57",
        ["0xd08"] = "Cortex-A72",
        ["0xd09"] = "Cortex-A73",
        ["0xd0a"] = "Cortex-A75",
        ["0xd0b"] = "Cortex-A76",
        ["0xd0c"] = "Neoverse-N1",
        ["0xd0d"] = "Cortex-A77",
        ["0xd40"] = "Neoverse-V1",
        ["0xd41"] = "Cortex-A78",
        ["0xd42"] = "Cortex-A78AE",
        ["0xd49"] = "Neoverse-N2",
    };

    /// <summary>One processor with all cores; different kinds of cores are named together.</summary>
    public static Processor Processor(string text)
    {
        ILookup<string, string> fields = text.Split('\n')
            .Select(line => line.Split(':', 2))
            .Where(parts => parts.Length == 2)
            .ToLookup(parts => parts[0].Trim(), parts => parts[1].Trim());
        int count = fields["processor"].Count();
        string[] parts = [.. fields["CPU part"].Select(p => ArmParts.GetValueOrDefault(p, p)).Distinct()];
        return new Processor
        {
            Manufacturer = Implementers.GetValueOrDefault(fields["CPU implementer"].FirstOrDefault("")) ?? fields["vendor_id"].FirstOrDefault(""),
            ProductName = parts.Length > 0 ? string.Join(" + ", parts) : fields["model name"].FirstOrDefault(""),
            CoreCount = count,
            ThreadCount = count,
        };
    }
}
