namespace Talos.Block;

/// <summary>The volumes of the system disk, for the sequences.</summary>
/// <remarks>Every call can be repeated; each says why it failed by a <see cref="VolumeException"/> or Linux error.</remarks>
public interface IVolumes
{
    /// <summary>Makes the volume where it is not there yet, checks, mounts and grows it. Nothing happens when it is mounted.</summary>
    /// <param name="id">Partition label, see <see cref="VolumeNames"/>.</param>
    /// <param name="ct">Stops waiting for helpers such as mkfs; what was begun is redone by the next call.</param>
    /// <remarks>A volume that was completed once is never formatted again, whatever it holds.</remarks>
    Task MountAsync(string id, CancellationToken ct);

    /// <summary>Writes everything out and unmounts the volume. Nothing happens when it is not mounted.</summary>
    /// <remarks>When it stays in use for five seconds it is made read-only if possible and detached.</remarks>
    Task UnmountAsync(string id, CancellationToken ct);

    /// <summary>Makes the contents of volumes void; the next mount makes them anew.</summary>
    /// <param name="ids">Partition labels; each must be unmounted.</param>
    /// <param name="ct">Not observed between the steps of one volume.</param>
    Task WipeAsync(IReadOnlyCollection<string> ids, CancellationToken ct);
}

/// <summary>Labels of the volumes this node makes and uses.</summary>
public static class VolumeNames
{
    /// <summary>Values that outlive everything; raw.</summary>
    public const string Meta = "META";

    /// <summary>Machine config and identity; on <c>/system/state</c>.</summary>
    public const string State = "STATE";

    /// <summary>Everything else that is written; on <c>/var</c>.</summary>
    public const string Ephemeral = "EPHEMERAL";
}
