namespace Talos.Ota.Engine;

/// <summary>How a bundle is installed.</summary>
public sealed record InstallOptions
{
    /// <summary>Tries a version again that failed on this node.</summary>
    public bool Force { get; init; }

    /// <summary>Takes the bundle with this id only: SHA-256 of its header and manifest in lower-case hexadecimal digits; empty for any.</summary>
    public string BundleId { get; init; } = "";

    /// <summary>Called when the slot is written and checked, before its trial is armed; what it writes is on the medium by then. When it fails, nothing is armed.</summary>
    public Action? BeforeArming { get; init; }
}

/// <summary>What an install did. The new slot starts at the next reboot, which is the caller's to bring about.</summary>
/// <param name="Version">Version in the new slot.</param>
/// <param name="Bundle">Id of the bundle.</param>
/// <param name="FetchedBytes">Bytes of payload taken from the source.</param>
/// <param name="WrittenBytes">Bytes written to the slot.</param>
public sealed record InstallResult(string Version, string Bundle, long FetchedBytes, long WrittenBytes);
