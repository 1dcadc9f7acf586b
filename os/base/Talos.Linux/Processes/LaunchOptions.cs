namespace Talos.Linux;

/// <summary>What a service gets that posix_spawn cannot set; applied by <see cref="ServiceLauncher"/> in the child before exec.</summary>
public sealed record LaunchOptions
{
    /// <summary>Path below <c>/sys/fs/cgroup</c> of an existing cgroup; null to stay in the parent's.</summary>
    public string? Cgroup { get; init; }

    /// <summary>-1000 (never killed for memory) to 1000; null to keep the parent's.</summary>
    public int? OomScoreAdjustment { get; init; }

    /// <summary>Soft and hard limit of open files; null to keep the parent's.</summary>
    public ulong? MaxOpenFiles { get; init; }

    /// <summary>Capabilities taken out of the bounding set: the service and its descendants can never have them.</summary>
    public IReadOnlyList<Capability> DroppedCapabilities { get; init; } = [];

    /// <summary>Set-user-id programs give nothing more.</summary>
    public bool NoNewPrivileges { get; init; }

    /// <summary>User and group id; null for root.</summary>
    public uint? User { get; init; }

    /// <summary>System calls it may not make.</summary>
    public DeniedCalls DeniedCalls { get; init; }

    /// <summary>Leaves no image of its memory behind when it crashes.</summary>
    public bool NoCore { get; init; }
}
