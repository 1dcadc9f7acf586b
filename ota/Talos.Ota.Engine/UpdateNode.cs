using Talos.Ota.BootControl;
using Talos.Ota.Bundle;

namespace Talos.Ota.Engine;

/// <summary>The node as the engine needs it.</summary>
public sealed record UpdateNode
{
    /// <summary>Name of the board.</summary>
    public required string Board { get; init; }

    /// <summary>Architecture, such as <c>arm64</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>The boot loader's side of the slots.</summary>
    public required IBootControl BootControl { get; init; }

    /// <summary>The root partitions.</summary>
    public required ISlotPartitions Partitions { get; init; }

    /// <summary>META.</summary>
    public required IUpdateStore Store { get; init; }

    /// <summary>The anchors in the image; key sets that were committed are added by the engine.</summary>
    public required Func<TrustStore> Anchors { get; init; }

    /// <summary>The time certificates are checked against.</summary>
    public required Func<VerificationTime> Clock { get; init; }
}
