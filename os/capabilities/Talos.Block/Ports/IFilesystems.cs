using Talos.Disks.Probing;
using Talos.Linux;

namespace Talos.Block.Ports;

/// <summary>File systems on devices.</summary>
internal interface IFilesystems
{
    /// <summary>What a device holds.</summary>
    ProbeResult? Probe(string device);

    /// <summary>Makes a file system over whatever is there; on the medium when it returns.</summary>
    /// <exception cref="VolumeException">The tool failed; with its output.</exception>
    Task MakeAsync(string type, string device, string label, CancellationToken ct);

    /// <summary>Repairs what an unclean end left, as far as that is safe.</summary>
    /// <exception cref="VolumeException">It cannot be repaired without a person.</exception>
    Task CheckAsync(string type, string device, CancellationToken ct);

    /// <summary>Mounts without set-user-id programs and device nodes.</summary>
    void Mount(string device, string target, string type);

    /// <summary>Grows a mounted file system to its device.</summary>
    /// <returns>False when it has that size, or its type does not grow.</returns>
    bool Grow(string device, string target, string type);

    /// <summary>The topmost mount at a target; null when there is none.</summary>
    MountInfo? FindMount(string target);

    /// <summary>Writes out and unmounts.</summary>
    /// <returns>False when it is in use.</returns>
    bool TryUnmount(string target);

    /// <summary>Takes a mount that is in use out of sight, read-only where possible; it ends with its last user.</summary>
    void Detach(string target);

    /// <summary>Overwrites the beginning and the end of a device.</summary>
    void Wipe(string device);
}
