namespace Talos.Ota.Bundle;

/// <summary>A bundle in a stream, which may or may not seek. The stream belongs to the caller.</summary>
public sealed class StreamBundleSource(Stream stream) : IBundleSource
{
    private const int SkipBufferSize = 64 * 1024;

    private long _position = stream.CanSeek ? stream.Position : 0;

    /// <inheritdoc/>
    public long? Length => stream.CanSeek ? stream.Length : null;

    /// <inheritdoc/>
    public bool IsForwardOnly => !stream.CanSeek;

    /// <inheritdoc/>
    public async ValueTask<int> ReadAtAsync(long offset, Memory<byte> buffer, CancellationToken ct)
    {
        if (offset != _position)
        {
            if (stream.CanSeek)
            {
                stream.Position = _position = offset;
            }
            else
            {
                await SkipAsync(offset, ct).ConfigureAwait(false);
            }
        }

        int read = await stream.ReadAsync(buffer, ct).ConfigureAwait(false);
        _position += read;
        return read;
    }

    /// <inheritdoc/>
    public void Expect(long offset, long length)
    {
        // A stream gives its bytes as they come: there is nothing to fetch ahead.
    }

    private async ValueTask SkipAsync(long offset, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(offset, _position);
        byte[] skipped = new byte[(int)Math.Min(SkipBufferSize, offset - _position)];
        while (_position < offset)
        {
            int read = await stream.ReadAsync(skipped.AsMemory(0, (int)Math.Min(skipped.Length, offset - _position)), ct).ConfigureAwait(false);
            if (read == 0)
            {
                return;
            }

            _position += read;
        }
    }
}
