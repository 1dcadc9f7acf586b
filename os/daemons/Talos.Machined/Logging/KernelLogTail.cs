using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Talos.Linux;
using Talos.Rpc.Errors;

namespace Talos.Machined.Logging;

/// <summary>The kernel log for any number of followers: one thread reads it for all of them, for as long as there are any.</summary>
/// <param name="open">Opens the log from its oldest record on.</param>
internal sealed class KernelLogTail(Func<IKernelLog> open)
{
    /// <summary>A follower this many records behind is sent away.</summary>
    public const int QueueLength = 512;

    private const int StackSize = 128 * 1024;

    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly List<Channel<KmsgRecord>> _followers = [];
    private TaskCompletionSource? _running;

    /// <summary>Whether the thread runs.</summary>
    public bool IsRunning
    {
        get
        {
            lock (_gate)
            {
                return _running is not null;
            }
        }
    }

    /// <summary>The records of the past when they are wanted, then, when following, each new one.</summary>
    /// <exception cref="FollowerTooSlowException">The reader was too slow.</exception>
    public async IAsyncEnumerable<KmsgRecord> ReadAsync(bool past, bool follow, [EnumeratorCancellation] CancellationToken ct)
    {
        Channel<KmsgRecord>? queue = follow
            ? Channel.CreateBounded<KmsgRecord>(new BoundedChannelOptions(QueueLength) { SingleReader = true })
            : null;
        try
        {
            if (queue is not null)
            {
                await Follow(queue).WaitAsync(ct);
            }

            ulong? last = null;
            using (IKernelLog log = open())
            {
                while (log.TryRead() is { } record)
                {
                    ct.ThrowIfCancellationRequested();
                    last = record.Sequence;
                    if (past)
                    {
                        yield return record;
                    }
                }
            }

            if (queue is null)
            {
                yield break;
            }

            await foreach (KmsgRecord record in queue.Reader.ReadAllAsync(ct))
            {
                if (last is null || record.Sequence > last)
                {
                    yield return record;
                }
            }

            throw new FollowerTooSlowException("the kernel log", QueueLength);
        }
        finally
        {
            if (queue is not null)
            {
                lock (_gate)
                {
                    _followers.Remove(queue);
                }
            }
        }
    }

    // Ends when the thread stands at the end of the log: what comes from there on is in the queue.
    private Task Follow(Channel<KmsgRecord> queue)
    {
        lock (_gate)
        {
            _followers.Add(queue);
            if (_running is { } running)
            {
                return running.Task;
            }

            TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _running = started;
            new Thread(() => Run(started), StackSize) { IsBackground = true, Name = "kernel log" }.Start();
            return started.Task;
        }
    }

    private void Run(TaskCompletionSource started)
    {
        try
        {
            using IKernelLog log = open();
            while (log.TryRead() is not null)
            {
                // The past: each follower reads it for himself.
            }

            started.TrySetResult();
            do
            {
                while (log.TryRead() is { } record)
                {
                    Publish(record);
                }

                log.Wait(Wait);
            }
            while (!IsOver());
        }
        catch (Exception e)
        {
            // An exception that leaves a thread ends the first process.
            Fail(started, e);
        }
    }

    private void Publish(KmsgRecord record)
    {
        lock (_gate)
        {
            for (int i = _followers.Count - 1; i >= 0; i--)
            {
                if (!_followers[i].Writer.TryWrite(record))
                {
                    _followers[i].Writer.TryComplete();
                    _followers.RemoveAt(i);
                }
            }
        }
    }

    private bool IsOver()
    {
        lock (_gate)
        {
            if (_followers.Count > 0)
            {
                return false;
            }

            _running = null;
            return true;
        }
    }

    private void Fail(TaskCompletionSource started, Exception error)
    {
        lock (_gate)
        {
            _running = null;
            foreach (Channel<KmsgRecord> follower in _followers)
            {
                follower.Writer.TryComplete(error);
            }

            _followers.Clear();
        }

        started.TrySetException(error);
    }
}
