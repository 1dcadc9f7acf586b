namespace Talos.Ota.Bundle;

/// <summary>Bounds of the format: what a reader never exceeds, whatever the bytes say.</summary>
public static class BundleLimits
{
    /// <summary>Bytes of a manifest.</summary>
    public const int Manifest = 256 * 1024;

    /// <summary>Bytes of the signatures.</summary>
    public const int Signatures = 32 * 1024;

    /// <summary>Bytes of a key set with its signatures.</summary>
    public const int KeySet = 64 * 1024;

    /// <summary>Payloads of a bundle.</summary>
    public const int Payloads = 16;

    /// <summary>Chunks of all payloads together; 64 GiB with chunks of 1 MiB.</summary>
    public const int Chunks = 65536;

    /// <summary>Bytes of the smallest chunk size.</summary>
    public const int MinimumChunkSize = 64 * 1024;

    /// <summary>Bytes of the largest chunk size.</summary>
    public const int MaximumChunkSize = 4 * 1024 * 1024;

    /// <summary>Characters of release notes.</summary>
    public const int Notes = 64 * 1024;

    /// <summary>Boards a bundle can name.</summary>
    public const int Boards = 64;

    /// <summary>Characters of any other text of the manifest.</summary>
    public const int Text = 128;
}
