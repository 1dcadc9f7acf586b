using System.Runtime.CompilerServices;
using System.Text;

namespace Talos.Services.Logs;

/// <summary>The output of one service: a ring in memory, and behind it the store, written in batches to spare the flash.</summary>
/// <remarks>Safe to use from several threads.</remarks>
internal sealed class ServiceLog(string id, ILogStore store, int capacity = ServiceLog.DefaultCapacity)
{
    /// <summary>Bytes kept in memory.</summary>
    public const int DefaultCapacity = 32 * 1024;

    /// <summary>Most bytes of stored text that one reader is given, block by block.</summary>
    private const long ReadLimit = 10 * 1024 * 1024;

    private const int BlockSize = 64 * 1024;

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
        (byte[] text, IStoredText? before, long position) = Snapshot(tailLines);
        using (before)
        {
            byte[] block = before is null ? [] : new byte[BlockSize];
            long at = before is null ? 0 : LogTail.IndexOfLast(before, tailLines);
            while (at < (before?.Length ?? 0) && !ct.IsCancellationRequested)
            {
                int length = before!.Read(at, block);
                if (length == 0)
                {
                    break;
                }

                at += length;
                yield return block.AsMemory(0, length);
            }
        }

        if (text.Length > 0)
        {
            yield return text;
        }

        while (follow && !ct.IsCancellationRequested)
        {
            (byte[] piece, long lost, Task more) = After(ref position);
            if (lost > 0)
            {
                yield return Encoding.UTF8.GetBytes($"[{lost} bytes are left out: the reader was too slow]\n");
            }

            if (piece.Length > 0)
            {
                yield return piece;
                continue;
            }

            await more.WaitAsync(ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    // What memory holds, or the stored text, which is then read block by block: readers hold no more than a block each.
    private (byte[] Text, IStoredText? Before, long Position) Snapshot(int tailLines)
    {
        lock (_lock)
        {
            byte[] recent = _ring.From(0);
            int at = LogTail.IndexOfLast(recent, tailLines);
            if (at == 0 && tailLines != 0 && store.IsOpen)
            {
                FlushLocked();
                return ([], store.Open(id, ReadLimit), _ring.End);
            }

            return (recent[at..], null, _ring.End);
        }
    }

    private (byte[] Piece, long Lost, Task More) After(ref long position)
    {
        lock (_lock)
        {
            long lost = Math.Max(0, _ring.Start - position);
            byte[] piece = _ring.From(position);
            position = _ring.End;
            return (piece, lost, _more.Task);
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
