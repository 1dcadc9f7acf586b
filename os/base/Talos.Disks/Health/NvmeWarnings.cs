namespace Talos.Disks.Health;

/// <summary>What an NVMe controller warns of.</summary>
/// <remarks>Source: NVM Express Base Specification 2.0, SMART / Health Information log, byte 0.</remarks>
[Flags]
public enum NvmeWarnings
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The spare capacity is below its threshold.</summary>
    Spare = 1,

    /// <summary>A temperature is beyond a threshold.</summary>
    Temperature = 2,

    /// <summary>Media or internal errors degraded the reliability.</summary>
    Reliability = 4,

    /// <summary>All media are read-only.</summary>
    ReadOnly = 8,

    /// <summary>The backup of the volatile memory failed.</summary>
    Backup = 16,

    /// <summary>The persistent memory region is read-only or unreliable.</summary>
    PersistentMemory = 32,
}
