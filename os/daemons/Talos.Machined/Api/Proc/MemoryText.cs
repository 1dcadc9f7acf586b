using Talos.Api.Machine;

namespace Talos.Machined.Api.Proc;

/// <summary>Reads <c>/proc/meminfo</c>: sizes in KiB, counts of huge pages.</summary>
internal static class MemoryText
{
    public static MemInfo Parse(string text)
    {
        Dictionary<string, ulong> values = new(StringComparer.Ordinal);
        foreach (string line in ProcText.Lines(text))
        {
            string[] words = ProcText.Words(line);
            values[words[0].TrimEnd(':')] = ProcText.Number(words, 1);
        }

        return new MemInfo
        {
            Memtotal = values.GetValueOrDefault("MemTotal"),
            Memfree = values.GetValueOrDefault("MemFree"),
            Memavailable = values.GetValueOrDefault("MemAvailable"),
            Buffers = values.GetValueOrDefault("Buffers"),
            Cached = values.GetValueOrDefault("Cached"),
            Swapcached = values.GetValueOrDefault("SwapCached"),
            Active = values.GetValueOrDefault("Active"),
            Inactive = values.GetValueOrDefault("Inactive"),
            Activeanon = values.GetValueOrDefault("Active(anon)"),
            Inactiveanon = values.GetValueOrDefault("Inactive(anon)"),
            Activefile = values.GetValueOrDefault("Active(file)"),
            Inactivefile = values.GetValueOrDefault("Inactive(file)"),
            Unevictable = values.GetValueOrDefault("Unevictable"),
            Mlocked = values.GetValueOrDefault("Mlocked"),
            Swaptotal = values.GetValueOrDefault("SwapTotal"),
            Swapfree = values.GetValueOrDefault("SwapFree"),
            Dirty = values.GetValueOrDefault("Dirty"),
            Writeback = values.GetValueOrDefault("Writeback"),
            Anonpages = values.GetValueOrDefault("AnonPages"),
            Mapped = values.GetValueOrDefault("Mapped"),
            Shmem = values.GetValueOrDefault("Shmem"),
            Slab = values.GetValueOrDefault("Slab"),
            Sreclaimable = values.GetValueOrDefault("SReclaimable"),
            Sunreclaim = values.GetValueOrDefault("SUnreclaim"),
            Kernelstack = values.GetValueOrDefault("KernelStack"),
            Pagetables = values.GetValueOrDefault("PageTables"),
            Nfsunstable = values.GetValueOrDefault("NFS_Unstable"),
            Bounce = values.GetValueOrDefault("Bounce"),
            Writebacktmp = values.GetValueOrDefault("WritebackTmp"),
            Commitlimit = values.GetValueOrDefault("CommitLimit"),
            Committedas = values.GetValueOrDefault("Committed_AS"),
            Vmalloctotal = values.GetValueOrDefault("VmallocTotal"),
            Vmallocused = values.GetValueOrDefault("VmallocUsed"),
            Vmallocchunk = values.GetValueOrDefault("VmallocChunk"),
            Hardwarecorrupted = values.GetValueOrDefault("HardwareCorrupted"),
            Anonhugepages = values.GetValueOrDefault("AnonHugePages"),
            Shmemhugepages = values.GetValueOrDefault("ShmemHugePages"),
            Shmempmdmapped = values.GetValueOrDefault("ShmemPmdMapped"),
            Cmatotal = values.GetValueOrDefault("CmaTotal"),
            Cmafree = values.GetValueOrDefault("CmaFree"),
            Hugepagestotal = values.GetValueOrDefault("HugePages_Total"),
            Hugepagesfree = values.GetValueOrDefault("HugePages_Free"),
            Hugepagesrsvd = values.GetValueOrDefault("HugePages_Rsvd"),
            Hugepagessurp = values.GetValueOrDefault("HugePages_Surp"),
            Hugepagesize = values.GetValueOrDefault("Hugepagesize"),
            Directmap4K = values.GetValueOrDefault("DirectMap4k"),
            Directmap2M = values.GetValueOrDefault("DirectMap2M"),
            Directmap1G = values.GetValueOrDefault("DirectMap1G"),
        };
    }
}
