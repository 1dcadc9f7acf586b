using System.Globalization;
using Talos.Api.Machine;

namespace Talos.Machined.Api.Proc;

/// <summary>Reads <c>/proc/cpuinfo</c>, which x86 and ARM word differently.</summary>
internal static class CpuText
{
    public static IReadOnlyList<CPUInfo> Parse(string text)
    {
        List<CPUInfo> processors = [];
        foreach (string line in ProcText.Lines(text))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0)
            {
                continue;
            }

            string key = line[..colon].Trim();
            string value = line[(colon + 1)..].Trim();
            if (key == "processor")
            {
                processors.Add(new CPUInfo { Processor = Number(value) });
            }
            else if (processors.Count > 0)
            {
                Set(processors[^1], key, value);
            }
        }

        return processors;
    }

    private static void Set(CPUInfo cpu, string key, string value)
    {
        switch (key)
        {
            case "vendor_id" or "CPU implementer":
                cpu.VendorId = value;
                break;
            case "cpu family" or "CPU architecture":
                cpu.CpuFamily = value;
                break;
            case "model" or "CPU part":
                cpu.Model = value;
                break;
            case "model name":
                cpu.ModelName = value;
                break;
            case "stepping" or "CPU revision":
                cpu.Stepping = value;
                break;
            case "microcode":
                cpu.Microcode = value;
                break;
            case "cpu MHz":
                cpu.CpuMhz = ProcText.Fraction(value);
                break;
            case "cache size":
                cpu.CacheSize = value;
                break;
            case "physical id":
                cpu.PhysicalId = value;
                break;
            case "siblings":
                cpu.Siblings = Number(value);
                break;
            case "core id":
                cpu.CoreId = value;
                break;
            case "cpu cores":
                cpu.CpuCores = Number(value);
                break;
            case "flags" or "Features":
                cpu.Flags.AddRange(ProcText.Words(value));
                break;
            case "bugs":
                cpu.Bugs.AddRange(ProcText.Words(value));
                break;
            case "bogomips" or "BogoMIPS":
                cpu.BogoMips = ProcText.Fraction(value);
                break;
            case "address sizes":
                cpu.AddressSizes = value;
                break;
        }
    }

    private static uint Number(string value) =>
        uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : 0;
}
