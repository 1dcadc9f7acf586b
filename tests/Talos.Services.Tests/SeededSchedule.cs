using System.Diagnostics;

namespace Talos.Services.Tests;

/// <summary>Runs continuations on the calling thread, one at a time, in an order that a seed decides.</summary>
internal sealed class SeededSchedule(int seed) : SynchronizationContext
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly Random _random = new(seed);
    private readonly Lock _lock = new();
    private readonly List<(SendOrPostCallback Callback, object? State)> _ready = [];

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_lock)
        {
            _ready.Add((d, state));
        }
    }

    /// <summary>Begins something in this schedule and goes on until it is done.</summary>
    /// <param name="begin">Begins it.</param>
    /// <param name="beforeStep">Called before each step with its number.</param>
    /// <exception cref="TimeoutException">It was not done within 10 s.</exception>
    public void Run(Func<Task> begin, Action<int>? beforeStep = null)
    {
        SynchronizationContext? before = Current;
        SetSynchronizationContext(this);
        try
        {
            Stopwatch watch = Stopwatch.StartNew();
            Task task = begin();
            for (int step = 0; !task.IsCompleted;)
            {
                if (Take() is { } next)
                {
                    beforeStep?.Invoke(step++);
                    next.Callback(next.State);
                }
                else if (watch.Elapsed < Limit)
                {
                    Thread.Yield();
                }
                else
                {
                    throw new TimeoutException($"seed {seed}: not done after {step} steps and {Limit.TotalSeconds:0} s");
                }
            }

            task.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    private (SendOrPostCallback Callback, object? State)? Take()
    {
        lock (_lock)
        {
            if (_ready.Count == 0)
            {
                return null;
            }

            int at = _random.Next(_ready.Count);
            (SendOrPostCallback, object?) next = _ready[at];
            _ready.RemoveAt(at);
            return next;
        }
    }
}
