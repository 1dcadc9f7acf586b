using Google.Protobuf;
using Grpc.Core;
using Talos.Api.Common;

namespace Talos.Machined.Api.Filesystem;

/// <summary>A stream whose bytes go to the caller in messages of at most 64 KiB.</summary>
internal sealed class ChunkStream(IServerStreamWriter<Data> responses, CancellationToken ct) : Stream
{
    /// <summary>Bytes a message.</summary>
    public const int ChunkSize = 64 * 1024;

    private readonly byte[] _buffer = new byte[ChunkSize];
    private int _count;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0)
        {
            int taken = Math.Min(buffer.Length, ChunkSize - _count);
            buffer[..taken].CopyTo(_buffer.AsMemory(_count));
            _count += taken;
            buffer = buffer[taken..];
            if (_count == ChunkSize)
            {
                await SendAsync();
            }
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    // Compression streams flush as they like; small messages would be the result. Complete sends the rest.
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Sends what is left.</summary>
    public Task CompleteAsync() => _count > 0 ? SendAsync() : Task.CompletedTask;

    public override void Flush()
    {
    }

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("write asynchronously");

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private async Task SendAsync()
    {
        Data chunk = new() { Bytes = ByteString.CopyFrom(_buffer, 0, _count) };
        _count = 0;
        await responses.WriteAsync(chunk, ct);
    }
}
