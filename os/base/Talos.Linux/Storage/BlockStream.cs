namespace Talos.Linux;

/// <summary>A block device as a stream to read; <see cref="FileStream"/> takes its length for 0.</summary>
public sealed class BlockStream : Stream
{
    private readonly BlockDevice _device;
    private readonly long _length;

    /// <summary>Reads <paramref name="device"/>, which stays the caller's to close.</summary>
    public BlockStream(BlockDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        _device = device;
        _length = device.Size();
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => _length;

    /// <inheritdoc/>
    public override long Position { get; set; }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        int count = (int)Math.Clamp(_length - Position, 0, buffer.Length);
        int read = count == 0 ? 0 : RandomAccess.Read(_device.Handle, buffer[..count], Position);
        Position += read;
        return read;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => _length + offset,
    };

    /// <inheritdoc/>
    public override void Flush() { }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
