using System.Threading.Channels;

namespace Talos.Ota.Engine.Sources;

/// <summary>A bundle that a client sends piece by piece. One side writes, the other reads front to back; the client waits when the reader is slow.</summary>
public sealed class PushSource : IPayloadSource
{
    private const int Waiting = 4;

    private readonly Channel<ReadOnlyMemory<byte>> _pieces = System.Threading.Channels.Channel.CreateBounded<ReadOnlyMemory<byte>>(
        new BoundedChannelOptions(Waiting) { SingleReader = true, SingleWriter = true });

    private ReadOnlyMemory<byte> _piece;
    private long _position;
    private long _fetched;

    /// <inheritdoc/>
    public string Name => "upload";

    /// <inheritdoc/>
    public long FetchedBytes => Interlocked.Read(ref _fetched);

    /// <inheritdoc/>
    public long? Length => null;

    /// <inheritdoc/>
    public bool IsForwardOnly => true;

    /// <summary>Hands over the next bytes; they must not change afterwards.</summary>
    /// <returns>False when the reader wants no more.</returns>
    public async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> piece, CancellationToken ct)
    {
        while (await _pieces.Writer.WaitToWriteAsync(ct).ConfigureAwait(false))
        {
            if (_pieces.Writer.TryWrite(piece))
            {
                Interlocked.Add(ref _fetched, piece.Length);
                return true;
            }
        }

        return false;
    }

    /// <summary>Says that all bytes were handed over, or why there are no more.</summary>
    public void Complete(Exception? problem = null) =>
        _pieces.Writer.TryComplete(problem is null ? null : new SourceException("upload of the bundle broke off; send it again", problem));

    /// <inheritdoc/>
    public async ValueTask<int> ReadAtAsync(long offset, Memory<byte> buffer, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(offset, _position);
        while (true)
        {
            int skipped = (int)Math.Min(offset - _position, _piece.Length);
            _piece = _piece[skipped..];
            _position += skipped;
            if (!_piece.IsEmpty)
            {
                int count = Math.Min(buffer.Length, _piece.Length);
                _piece[..count].CopyTo(buffer);
                _piece = _piece[count..];
                _position += count;
                return count;
            }

            if (!await _pieces.Reader.WaitToReadAsync(ct).ConfigureAwait(false))
            {
                return 0;
            }

            _pieces.Reader.TryRead(out _piece);
        }
    }

    /// <inheritdoc/>
    public void Expect(long offset, long length) => ArgumentOutOfRangeException.ThrowIfNegative(length);

    /// <summary>Wants no more: a client that still writes is told so.</summary>
    public ValueTask DisposeAsync()
    {
        _pieces.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }
}
