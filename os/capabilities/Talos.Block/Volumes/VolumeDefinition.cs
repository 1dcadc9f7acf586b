namespace Talos.Block.Volumes;

/// <summary>What a volume shall be.</summary>
internal sealed record VolumeDefinition
{
    /// <summary>Suffix of the partition label until the file system is complete.</summary>
    internal const string PendingSuffix = ".new";

    private const long MiB = 1024 * 1024;

    public required string Id { get; init; }

    public required string Filesystem { get; init; }

    public required string Target { get; init; }

    /// <summary>Bytes; null for all that is left.</summary>
    public long? Size { get; init; }

    public bool Grows => Size is null;

    public string PendingLabel => Id + PendingSuffix;

    /// <summary>In the order they lie on the disk.</summary>
    internal static IReadOnlyList<VolumeDefinition> All { get; } =
    [
        new() { Id = VolumeNames.State, Filesystem = "ext4", Target = "/system/state", Size = 100 * MiB },
        new() { Id = VolumeNames.Ephemeral, Filesystem = "xfs", Target = "/var" },
    ];

    /// <summary>xfs of today is not made smaller.</summary>
    internal const long MinRest = 300 * MiB;
}
