namespace Talos.Config;

/// <summary>A volume that the config names.</summary>
public sealed record VolumeConfiguration
{
    /// <summary>Name: EPHEMERAL, STATE, or the user's.</summary>
    public required string Name { get; init; }

    /// <summary>Kind of its document: VolumeConfig, UserVolumeConfig, RawVolumeConfig, ExistingVolumeConfig, SwapVolumeConfig.</summary>
    public required string DocumentKind { get; init; }

    /// <summary>Expression that picks the disk; empty when not set.</summary>
    public string DiskSelector { get; init; } = "";

    /// <summary>Least size in bytes; 0 when not set.</summary>
    public long MinSize { get; init; }

    /// <summary>Greatest size in bytes; 0 when not set.</summary>
    public long MaxSize { get; init; }

    /// <summary>True: grows with its disk; null when not set.</summary>
    public bool? Grow { get; init; }

    /// <summary>File system: ext4, xfs; empty when not set.</summary>
    public string FilesystemType { get; init; } = "";

    /// <summary>Mount options: no access times, no execution or devices.</summary>
    public bool DisableAccessTime { get; init; }

    /// <summary>True: mounted nosuid, nodev.</summary>
    public bool Secure { get; init; } = true;
}
