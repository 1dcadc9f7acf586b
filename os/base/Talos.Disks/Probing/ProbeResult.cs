namespace Talos.Disks.Probing;

/// <summary>What a device holds, by its superblock.</summary>
/// <param name="Type">Name as mount(8) and blkid(8) use it: <c>ext4</c>, <c>xfs</c>, <c>squashfs</c>, <c>vfat</c>, <c>swap</c>, <c>luks</c>, <c>gpt</c>, <c>talosmeta</c>.</param>
public sealed record ProbeResult(string Type)
{
    /// <summary>Label; empty when there is none.</summary>
    public string Label { get; init; } = "";

    /// <summary>Id as the file system writes it; empty when there is none.</summary>
    public string Uuid { get; init; } = "";

    /// <summary>Bytes a block; 0 when unknown.</summary>
    public long BlockSize { get; init; }

    /// <summary>Bytes the content takes by its own account; 0 when unknown.</summary>
    public long Size { get; init; }

    /// <summary>Whether it was not unmounted cleanly, where the superblock says so.</summary>
    public bool NeedsRecovery { get; init; }
}
