namespace Talos.Machined.Watchdogs;

/// <summary>Asks the parts of the first process whether they are alive, and knows for how long one has not answered.</summary>
/// <param name="time">The clock.</param>
internal sealed class LoopPulse(TimeProvider time)
{
    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly List<Part> _parts = [];

    /// <summary>How long each part has been silent.</summary>
    public IReadOnlyList<PartSilence> Silences
    {
        get
        {
            lock (_lock)
            {
                return [.. _parts.Select(p => new PartSilence(p.Name, p.Unanswered is { } since ? time.GetElapsedTime(since) : null))];
            }
        }
    }

    /// <summary>Adds a part; before the first question.</summary>
    /// <param name="name">As it is told, such as <c>controller runtime</c>.</param>
    /// <param name="ask">Ends without an error when the part is alive.</param>
    public void Add(string name, Func<CancellationToken, Task> ask) => _parts.Add(new Part(name, ask));

    /// <summary>Asks every part that is not being asked; waits for none.</summary>
    public void Ask()
    {
        foreach (Part part in _parts)
        {
            lock (_lock)
            {
                if (part.Asking)
                {
                    continue;
                }

                part.Asking = true;
                part.Unanswered ??= time.GetTimestamp();
            }

            // A part that blocks its caller must not block the one who asks.
            _ = Task.Run(() => AskAsync(part));
        }
    }

    private async Task AskAsync(Part part)
    {
        using CancellationTokenSource limit = new(AskLimit, time);
        Task answer = part.Ask(limit.Token);
        await answer.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock)
        {
            part.Asking = false;
            part.Unanswered = answer.IsCompletedSuccessfully ? null : part.Unanswered;
        }
    }

    private sealed class Part(string name, Func<CancellationToken, Task> ask)
    {
        public string Name => name;

        public Func<CancellationToken, Task> Ask => ask;

        public bool Asking { get; set; }

        /// <summary>Time of the first question since the last answer; null when the last one was answered.</summary>
        public long? Unanswered { get; set; }
    }
}
