using Talos.Linux;
using Talos.Machined.Logging;
using Talos.Rpc.Errors;

namespace Talos.Machined.Tests.Logging;

[Trait("Category", "Security")]
public class KernelLogTailTests
{
    private readonly FakeLog _log = new();
    private readonly KernelLogTail _tail;

    public KernelLogTailTests()
    {
        _tail = new KernelLogTail(_log.Open);
        _log.Add(3);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_does_not_follow_gets_the_past_and_no_thread_is_started()
    {
        Assert.Equal(3, await _tail.ReadAsync(past: true, follow: false, Ct).CountAsync(Ct));
        Assert.False(_tail.IsRunning);
        Assert.Equal(0, _log.OpenNow);
    }

    [Fact]
    public async Task Followers_get_the_past_they_want_and_every_new_record_once()
    {
        await using IAsyncEnumerator<KmsgRecord> all = _tail.ReadAsync(past: true, follow: true, Ct).GetAsyncEnumerator(Ct);
        await using IAsyncEnumerator<KmsgRecord> fresh = _tail.ReadAsync(past: false, follow: true, Ct).GetAsyncEnumerator(Ct);

        Assert.Equal([0UL, 1, 2], await TakeAsync(all, 3));
        Task<List<ulong>> coming = TakeAsync(fresh, 2);
        await _log.WaitedOnAsync();
        _log.Add(2);

        Assert.Equal([3UL, 4], await coming);
        Assert.Equal([3UL, 4], await TakeAsync(all, 2));
    }

    [Fact]
    public async Task Two_hundred_followers_share_one_reader_and_it_ends_after_the_last()
    {
        List<IAsyncEnumerator<KmsgRecord>> followers = [];
        List<Task<List<ulong>>> coming = [];
        for (int i = 0; i < 200; i++)
        {
            IAsyncEnumerator<KmsgRecord> follower = _tail.ReadAsync(past: false, follow: true, Ct).GetAsyncEnumerator(Ct);
            followers.Add(follower);
            coming.Add(TakeAsync(follower, 5));
        }

        await _log.WaitedOnAsync();
        Assert.Equal(1, _log.OpenNow);
        _log.Add(5);

        Assert.All(await Task.WhenAll(coming), seen => Assert.Equal([3UL, 4, 5, 6, 7], seen));
        foreach (IAsyncEnumerator<KmsgRecord> follower in followers)
        {
            await follower.DisposeAsync();
        }

        await _log.ClosedAsync();
        Assert.False(_tail.IsRunning);
    }

    [Fact]
    public async Task A_follower_that_is_too_slow_is_sent_away_with_a_reason_and_the_others_stay()
    {
        await using IAsyncEnumerator<KmsgRecord> slow = _tail.ReadAsync(past: true, follow: true, Ct).GetAsyncEnumerator(Ct);
        await using IAsyncEnumerator<KmsgRecord> quick = _tail.ReadAsync(past: false, follow: true, Ct).GetAsyncEnumerator(Ct);
        await TakeAsync(slow, 3);
        Task<List<ulong>> coming = TakeAsync(quick, 1000);
        for (int i = 0; i < 10; i++)
        {
            await _log.WaitedOnAsync();
            _log.Add(100);
        }

        Assert.Equal(1000, (await coming).Count);
        await Assert.ThrowsAsync<FollowerTooSlowException>(() => TakeAsync(slow, 2000));
    }

    [Fact]
    public async Task A_log_that_cannot_be_read_fails_its_followers_and_nothing_else()
    {
        KernelLogTail broken = new(() => throw new IOException("no /dev/kmsg"));

        await Assert.ThrowsAsync<IOException>(async () => await broken.ReadAsync(past: false, follow: true, Ct).CountAsync(Ct));
        Assert.False(broken.IsRunning);
    }

    private static async Task<List<ulong>> TakeAsync(IAsyncEnumerator<KmsgRecord> records, int count)
    {
        List<ulong> seen = [];
        while (seen.Count < count && await records.MoveNextAsync())
        {
            seen.Add(records.Current.Sequence);
        }

        return seen;
    }

    private sealed class FakeLog
    {
        private readonly object _gate = new();
        private readonly List<KmsgRecord> _records = [];
        private TaskCompletionSource _waited = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _open;

        public int OpenNow => Volatile.Read(ref _open);

        public Task WaitedOnAsync()
        {
            lock (_gate)
            {
                _waited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                Monitor.PulseAll(_gate);
                return _waited.Task.WaitAsync(TimeSpan.FromSeconds(20), Ct);
            }
        }

        public Task ClosedAsync() => _closed.Task.WaitAsync(TimeSpan.FromSeconds(20), Ct);

        public void Add(int count)
        {
            lock (_gate)
            {
                for (int i = 0; i < count; i++)
                {
                    _records.Add(new KmsgRecord(KmsgPriority.Info, 0, (ulong)_records.Count, TimeSpan.Zero, "text"));
                }

                Monitor.PulseAll(_gate);
            }
        }

        public IKernelLog Open()
        {
            Interlocked.Increment(ref _open);
            return new Reader(this);
        }

        private sealed class Reader(FakeLog log) : IKernelLog
        {
            private int _next;
            private bool _isShared;

            public KmsgRecord? TryRead()
            {
                lock (log._gate)
                {
                    return _next < log._records.Count ? log._records[_next++] : null;
                }
            }

            public bool Wait(TimeSpan timeout)
            {
                lock (log._gate)
                {
                    _isShared = true;
                    if (_next == log._records.Count)
                    {
                        log._waited.TrySetResult();
                        Monitor.Wait(log._gate, TimeSpan.FromMilliseconds(50));
                    }

                    return _next < log._records.Count;
                }
            }

            public void Dispose()
            {
                Interlocked.Decrement(ref log._open);
                if (_isShared)
                {
                    log._closed.TrySetResult();
                }
            }
        }
    }
}
