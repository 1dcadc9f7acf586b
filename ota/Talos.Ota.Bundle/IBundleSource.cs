namespace Talos.Ota.Bundle;

/// <summary>Where the bytes of a bundle come from: a file, a server, an upload.</summary>
public interface IBundleSource
{
    /// <summary>Bytes in all; null when that is not known before the end.</summary>
    long? Length { get; }

    /// <summary>True when offsets can only grow: what was passed cannot be read again.</summary>
    bool IsForwardOnly { get; }

    /// <summary>Reads at an offset.</summary>
    /// <param name="offset">Bytes from the start. In a source that is forward-only at least the end of the read before; what lies between is skipped.</param>
    /// <param name="buffer">At least one byte.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>How many bytes were read; 0 only at the end.</returns>
    ValueTask<int> ReadAtAsync(long offset, Memory<byte> buffer, CancellationToken ct);

    /// <summary>Says what will be read next, front to back, so that it can be fetched in one request; a source may ignore it.</summary>
    /// <param name="offset">Bytes from the start.</param>
    /// <param name="length">Bytes.</param>
    void Expect(long offset, long length);
}
