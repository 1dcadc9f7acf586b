using System.Runtime.CompilerServices;

namespace Talos.Services.Logs;

/// <summary>The output of one service: a ring in memory, and behind it the store, written in batches to spare the flash.</summary>
/// <remarks>Safe to use from several threads.</remarks>
internal sealed class ServiceLog(string id, ILogStore store, int capacity = ServiceLog.DefaultCapacity)
{
    /// <summary>Bytes kept in memory.</summary>
    public const int DefaultCapacity = 32 * 1024;

    /// <summary>Most bytes of stored text that one reader is given.</summary>
    private const long ReadLimit = 10 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly LogRing _ring = new(capacity);
    private long _stored;
    private TaskCompletionSource _more = NewSignal();

    /// <summary>Why output could not be stored the last time; null when it could.</summary>
    public string? Problem { get; private set; }

    /// <summary>Adds output; it is stored at once when it would fall out of the ring otherwise.</summary>
    public void Append(ReadOnlySpan<byte> data)
    {
        TaskCompletionSource more;
        lock (_lock)
        {
            if (_ring.End - _stored + data.Length > capacity)
            {
                FlushLocked();
            }

            _ring.Append(data);
            more = _more;
            _more = NewSignal();
        }

        more.TrySetResult();
    }

    /// <summary>Stores what is not stored yet.</summary>
    public void Flush()
    {
        lock (_lock)
        {
            FlushLocked();
        }
    }

    /// <summary>The last lines, then, when following, every new piece until <paramref name="ct"/> ends it.</summary>
    /// <param name="tailLines">Negative for everything kept.</param>
    /// <param name="follow">Go on with new output.</param>
    /// <param name="ct">Ends following without an error.</param>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        int tailLines, bool follow, [EnumeratorCancellation] CancellationToken ct)
    {
        (byte[] text, long position) = Snapshot(tailLines);
        if (text.Length > 0)
        {
            yield return text;
        }

        while (follow && !ct.IsCancellationRequested)
        {
            (byte[] piece, Task more) = After(ref position);
            if (piece.Length > 0)
            {
                yield return piece;
                continue;
            }

            await more.WaitAsync(ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private (byte[] Text, long Position) Snapshot(int tailLines)
    {
        lock (_lock)
        {
            byte[] recent = _ring.From(0);
            int at = LogTail.IndexOfLast(recent, tailLines);
            if (at == 0 && tailLines != 0 && store.IsOpen)
            {
                FlushLocked();
                byte[] stored = store.Read(id, ReadLimit);
                return (stored[LogTail.IndexOfLast(stored, tailLines)..], _ring.End);
            }

            return (recent[at..], _ring.End);
        }
    }

    private (byte[] Piece, Task More) After(ref long position)
    {
        lock (_lock)
        {
            byte[] piece = _ring.From(position);
            position = _ring.End;
            return (piece, _more.Task);
        }
    }

    private void FlushLocked()
    {
        if (!store.IsOpen)
        {
            return;
        }

        byte[] pending = _ring.From(_stored);
        _stored = _ring.End;
        if (pending.Length == 0)
        {
            return;
        }

        try
        {
            store.Append(id, pending);
            Problem = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full disk must not stop a service; the ring still has the text.
            Problem = e.Message;
        }
    }
}
