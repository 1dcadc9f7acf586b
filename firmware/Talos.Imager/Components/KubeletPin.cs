namespace Talos.Imager.Components;

/// <summary>What a lock is to hold of a version of upstream's kubelet.</summary>
/// <param name="Version">Such as <c>v1.36.0</c>.</param>
/// <param name="Architecture">Go's name of the node's architecture.</param>
/// <param name="Checksum">Of the archive that was downloaded.</param>
/// <param name="Origin">Where it came from.</param>
/// <param name="IsNew">Whether the lock does not have it yet: the download was trusted.</param>
internal sealed record KubeletPin(string Version, string Architecture, Checksum Checksum, Uri Origin, bool IsNew);
