using Talos.Ota.Bundle;

namespace Talos.Ota.Engine.Steps;

/// <summary>A payload from front to back, chunk by chunk; every chunk is checked before its bytes are given.</summary>
internal sealed class PayloadStream : Stream
{
    private readonly BundleReader _bundle;
    private readonly BundlePayload _payload;
    private readonly CancellationToken _ct;
    private readonly byte[] _buffer;
    private int _chunk, _at, _end;

    public PayloadStream(BundleReader bundle, BundlePayload payload, CancellationToken ct)
    {
        (_bundle, _payload, _ct) = (bundle, payload, ct);
        _buffer = GC.AllocateUninitializedArray<byte>(payload.Info.ChunkSize);
        bundle.Expect(payload, 0, payload.ChunkCount);
    }

    /// <summary>Bytes taken from the bundle.</summary>
    public long FetchedBytes { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        if (_at == _end && _chunk < _payload.ChunkCount)
        {
            // Who reads a delta does so on a thread of the install.
            _end = _bundle.ReadChunkAsync(_payload, _chunk, _buffer, _ct).AsTask().GetAwaiter().GetResult();
            FetchedBytes += _payload[_chunk].StoredLength;
            (_at, _chunk) = (0, _chunk + 1);
        }

        int count = Math.Min(buffer.Length, _end - _at);
        _buffer.AsSpan(_at, count).CopyTo(buffer);
        _at += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
