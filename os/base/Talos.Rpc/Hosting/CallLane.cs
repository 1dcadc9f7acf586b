namespace Talos.Rpc.Hosting;

/// <summary>Where calls of one kind of caller run: a few at a time, each until it waits for something.</summary>
/// <remarks>
/// A call that waits holds no thread, and those that work cannot keep the thread pool from the other parts of this process:
/// all of them together have as many threads as the lane has places. Source for what is resumed where: TaskScheduler.Current is where a method goes on after await.
/// </remarks>
/// <param name="places">Calls that work at the same time.</param>
/// <param name="open">Calls that may be open, working or waiting.</param>
/// <param name="heavy">Open calls of those that read folders, of which each holds more memory.</param>
internal sealed class CallLane(int places, int open, int heavy)
{
    private readonly TaskScheduler _scheduler = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, places).ConcurrentScheduler;
    private int _open;
    private int _heavy;

    /// <summary>Takes a place among the open calls; <see cref="Leave"/> gives it back.</summary>
    /// <returns>Why there is none; null when there is.</returns>
    public string? Enter(bool isHeavy)
    {
        if (Interlocked.Increment(ref _open) > open)
        {
            Interlocked.Decrement(ref _open);
            return $"{open} calls are open, which is the limit; end some and try again";
        }

        if (isHeavy && Interlocked.Increment(ref _heavy) > heavy)
        {
            Interlocked.Decrement(ref _heavy);
            Interlocked.Decrement(ref _open);
            return $"{heavy} calls that read folders are open, which is the limit; try again";
        }

        return null;
    }

    /// <summary>Gives a place back.</summary>
    public void Leave(bool isHeavy)
    {
        Interlocked.Decrement(ref _open);
        if (isHeavy)
        {
            Interlocked.Decrement(ref _heavy);
        }
    }

    /// <summary>Runs a call on the threads of the lane.</summary>
    public Task<T> RunAsync<T>(Func<Task<T>> call) =>
        Task.Factory.StartNew(call, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _scheduler).Unwrap();
}
