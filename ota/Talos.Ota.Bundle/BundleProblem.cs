namespace Talos.Ota.Bundle;

/// <summary>Why a bundle is refused.</summary>
public enum BundleProblem
{
    /// <summary>It does not begin like a bundle.</summary>
    NotABundle,

    /// <summary>It is a bundle of a format this reader does not know.</summary>
    UnsupportedFormat,

    /// <summary>It breaks a rule of the format.</summary>
    Malformed,

    /// <summary>It ends too early.</summary>
    Truncated,

    /// <summary>Bytes differ from what the manifest binds by hash.</summary>
    Corrupt,

    /// <summary>No signature is by a key this node trusts.</summary>
    ForeignKey,

    /// <summary>A trusted key is named, but the signature does not fit the bytes.</summary>
    BadSignature,

    /// <summary>A certificate of the signer, or the bundle itself, is no longer valid.</summary>
    Expired,

    /// <summary>A certificate of the signer is not valid yet.</summary>
    NotYetValid,

    /// <summary>A certificate of the signer is revoked.</summary>
    Revoked,

    /// <summary>It is made for other boards or another architecture.</summary>
    WrongBoard,

    /// <summary>The running version is older than the oldest it can be installed from.</summary>
    RunningVersionTooOld,

    /// <summary>Its version is below the anti-rollback floor of the node.</summary>
    BelowFloor,

    /// <summary>Its version was tried on this node and failed.</summary>
    FailedBefore,
}
