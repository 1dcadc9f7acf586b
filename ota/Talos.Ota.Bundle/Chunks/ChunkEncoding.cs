namespace Talos.Ota.Bundle;

/// <summary>How the bytes of a chunk are kept.</summary>
public enum ChunkEncoding
{
    /// <summary>As they are.</summary>
    Stored = 0,

    /// <summary>One zstd frame. Source: RFC 8878.</summary>
    Zstd = 1,
}
