namespace Talos.Machined.Sequences;

/// <summary>Everything the sequences are made of.</summary>
internal sealed record NodeTasks
{
    /// <summary>Refuses to go on with a kernel that lacks required arguments.</summary>
    public required SequenceTask EnforceKernelRequirements { get; init; }

    /// <summary>Starts udevd and waits until the devices of the start are there.</summary>
    public required SequenceTask StartUdevd { get; init; }

    /// <summary>Serves the API on machined's socket.</summary>
    public required SequenceTask StartMachined { get; init; }

    /// <summary>Reads the META partition.</summary>
    public required SequenceTask ReloadMeta { get; init; }

    /// <summary>Finds out which slot runs and what that means; begins a trial with the wipe that belongs to it.</summary>
    public required SequenceTask CheckUpdate { get; init; }

    /// <summary>Gets the machine config: from STATE, the platform, or over the API in maintenance.</summary>
    public required SequenceTask LoadConfig { get; init; }

    /// <summary>Says so when the memory is less than this kind of machine needs.</summary>
    public required SequenceTask CheckMemorySize { get; init; }

    /// <summary>Makes and mounts EPHEMERAL.</summary>
    public required SequenceTask MountEphemeral { get; init; }

    /// <summary>Lets the services of the node run and waits until they are up.</summary>
    public required SequenceTask StartAllServices { get; init; }

    /// <summary>Stops all pods.</summary>
    public required SequenceTask StopAllPods { get; init; }

    /// <summary>From here on no service is started.</summary>
    public required SequenceTask DenyNewServices { get; init; }

    /// <summary>Stops the services that use EPHEMERAL.</summary>
    public required SequenceTask StopServicesEphemeral { get; init; }

    /// <summary>Unmounts what pods left below EPHEMERAL.</summary>
    public required SequenceTask UnmountPodMounts { get; init; }

    /// <summary>Unmounts EPHEMERAL.</summary>
    public required SequenceTask UnmountEphemeral { get; init; }

    /// <summary>Unmounts STATE and writes out everything.</summary>
    public required SequenceTask TeardownVolumes { get; init; }

    /// <summary>Stops the services that are left.</summary>
    public required SequenceTask StopAllServices { get; init; }

    /// <summary>Wipes partitions by label.</summary>
    public required Func<IReadOnlyList<string>, SequenceTask> WipePartitions { get; init; }

    /// <summary>Restarts the machine.</summary>
    public required SequenceTask Reboot { get; init; }

    /// <summary>Switches the machine off.</summary>
    public required SequenceTask Shutdown { get; init; }
}
