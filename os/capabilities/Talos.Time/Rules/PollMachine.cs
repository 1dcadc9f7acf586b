using Talos.Time.Ntp;

namespace Talos.Time.Rules;

/// <summary>What to do after a round of requests.</summary>
/// <param name="Adjust">What to add to the clock; null to leave it.</param>
/// <param name="Step">Whether to set it at once rather than to slew it.</param>
/// <param name="By">The measurement it goes by; null when none was usable.</param>
/// <param name="Next">When to ask again.</param>
internal sealed record PollDecision(TimeSpan? Adjust, bool Step, NtpAnswer.Measured? By, TimeSpan Next);

/// <summary>Decides by the answers of servers what to do with the clock and when to ask again; it does no I/O.</summary>
internal sealed class PollMachine(TimeProvider time)
{
    private const int HistoryLength = 8;
    private const int MostSpikes = 3;
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(2);

    /// <summary>The longest pause while a server answers that it is starting: it is right at any moment.</summary>
    private static readonly TimeSpan StartingRetry = TimeSpan.FromSeconds(8);

    /// <summary>How long a server that does not want to be asked is left alone.</summary>
    private static readonly TimeSpan LeftOut = TimeSpan.FromHours(1);

    private static readonly TimeSpan ShortestPoll = TimeSpan.FromSeconds(64);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(1024);
    private static readonly TimeSpan Steady = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan SmallestSpike = TimeSpan.FromMilliseconds(100);

    private readonly Queue<double> _history = new();
    private readonly Dictionary<string, long> _refused = [];
    private TimeSpan _poll = ShortestPoll;
    private int _failures;
    private int _spikes;

    /// <summary>Whether the clock has been in step at least once.</summary>
    public bool Synced { get; private set; }

    /// <summary>Of the servers, those that did not refuse to be asked within the last hour; all, when every one did.</summary>
    public IReadOnlyList<string> Usable(IReadOnlyList<string> servers)
    {
        foreach (string asked in _refused.Where(r => time.GetElapsedTime(r.Value) >= LeftOut).Select(r => r.Key).ToList())
        {
            _refused.Remove(asked);
        }

        List<string> left = [.. servers.Where(s => !_refused.ContainsKey(s))];
        return left.Count > 0 ? left : servers;
    }

    /// <summary>Takes the answers of one round.</summary>
    public PollDecision Take(IReadOnlyList<NtpAnswer> answers)
    {
        foreach (NtpAnswer.Kiss kiss in answers.OfType<NtpAnswer.Kiss>())
        {
            Heed(kiss);
        }

        if (SampleRules.Select([.. answers.OfType<NtpAnswer.Measured>()]) is not { } best)
        {
            _failures++;
            return new PollDecision(null, Step: false, null, Synced || IsUnwelcome(answers) ? _poll : Retry(answers));
        }

        _failures = 0;
        TimeSpan offset = best.Sample.Offset;
        bool step = offset.Duration() >= ClockRules.StepFrom;
        if (Synced && IsSpike(offset, step) && ++_spikes <= MostSpikes)
        {
            return new PollDecision(null, Step: false, best, ShortestPoll / 4);
        }

        _spikes = 0;
        Synced = true;
        Remember(offset, step);
        bool calm = !step && offset.Duration() < Steady + best.Sample.RootDistance / 4;
        _poll = calm ? Min(_poll * 2, LongestPoll) : step ? ShortestPoll : Max(_poll / 2, ShortestPoll);
        return new PollDecision(offset, step, best, _poll);
    }

    private TimeSpan Retry(IReadOnlyList<NtpAnswer> answers)
    {
        TimeSpan retry = FirstRetry * (1 << Math.Min(_failures - 1, 5));
        return answers.Any(a => a.IsStarting) ? Min(retry, StartingRetry) : retry;
    }

    /// <summary>A server asks for fewer requests, or none wants any.</summary>
    private static bool IsUnwelcome(IReadOnlyList<NtpAnswer> answers) =>
        answers.Any(a => a is NtpAnswer.Kiss { MeansSlower: true }) || (answers.Count > 0 && answers.All(a => a is NtpAnswer.Kiss { MeansNever: true }));

    private void Heed(NtpAnswer.Kiss kiss)
    {
        if (kiss.MeansSlower)
        {
            _poll = Min(_poll * 2, LongestPoll);
        }
        else if (kiss.MeansNever)
        {
            _refused[kiss.Server] = time.GetTimestamp();
        }
    }

    /// <summary>A clock in step does not jump: an offset far outside of the former ones is first measured again.</summary>
    private bool IsSpike(TimeSpan offset, bool step)
    {
        if (_history.Count < 2)
        {
            return step;
        }

        double mean = _history.Average();
        double deviation = Math.Sqrt(_history.Average(o => (o - mean) * (o - mean)));
        return Math.Abs(offset.TotalSeconds - mean) > Math.Max(4 * deviation, SmallestSpike.TotalSeconds);
    }

    private void Remember(TimeSpan offset, bool step)
    {
        if (step)
        {
            _history.Clear();
            return;
        }

        _history.Enqueue(offset.TotalSeconds);
        if (_history.Count > HistoryLength)
        {
            _history.Dequeue();
        }
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
