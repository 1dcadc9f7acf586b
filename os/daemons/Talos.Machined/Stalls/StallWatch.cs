using Microsoft.Win32.SafeHandles;
using Talos.Linux;
using Talos.Machined.Node;
using Talos.Resources.Runtime;

namespace Talos.Machined.Stalls;

/// <summary>Notices a boot that stands still, and has it reported before the board's watchdog wipes out the traces.</summary>
/// <remarks>
/// A thread of its own looks every second whether the boot moves, and says so to a watcher: another process, because
/// a first process that waits for its garbage collector can say nothing. The watcher reports when it hears nothing;
/// until it runs, the thread does.
/// </remarks>
internal sealed class StallWatch : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly Func<SafeFileHandle> _startWatcher;
    private readonly Action<string> _report;
    private readonly ManualResetEvent _over = new(false);
    private SafeFileHandle? _watcher;
    private string _last = "its start";
    private long _pulsed;
    private long _progressed;
    private int _asked;
    private volatile bool _early = true;

    /// <param name="time">The clock.</param>
    /// <param name="startWatcher">Starts the watcher and gives the pipe to it.</param>
    /// <param name="report">Reports while there is no watcher.</param>
    internal StallWatch(TimeProvider time, Func<SafeFileHandle> startWatcher, Action<string> report)
    {
        (_time, _startWatcher, _report) = (time, startWatcher, report);
        _pulsed = _progressed = time.GetTimestamp();
    }

    /// <summary>Watches from here on.</summary>
    /// <param name="reaper">Starts the watcher.</param>
    /// <param name="time">The clock.</param>
    public static StallWatch Start(Reaper reaper, TimeProvider time)
    {
        StallWatch watch = new(time, () => StallWatcher.Start(reaper), StallReport.Write);
        watch.Run();
        return watch;
    }

    /// <summary>Takes every change of the node for progress; ends when the node is up or waits for its config.</summary>
    public void Follow(NodeContext node)
    {
        node.Events.TaskChanged += (_, task, started) => Progress($"task {task} {(started ? "started" : "ended")}");
        node.Events.PhaseChanged += (_, phase, started) => Progress($"phase {phase} {(started ? "started" : "ended")}");
        node.Events.ServiceChanged += service => Progress($"service {service.Id} is {service.State}");
        node.Events.SequenceChanged += (_, sequence, started, _) =>
        {
            Progress($"sequence {sequence} {(started ? "started" : "ended")}");
            _early &= started;
        };
        node.Stage.Changed += () =>
        {
            if (node.Stage.Now.Stage is not MachineStage.Booting)
            {
                _over.Set();
            }
        };
    }

    /// <summary>Whether the pool has answered the last question.</summary>
    internal bool Answered => Volatile.Read(ref _asked) == 0;

    /// <summary>Something went on.</summary>
    internal void Progress(string what)
    {
        Volatile.Write(ref _last, what);
        Volatile.Write(ref _progressed, _time.GetTimestamp());
    }

    /// <inheritdoc/>
    public void Dispose() => _over.Set();

    internal void Run() => new Thread(Watch, maxStackSize: 256 * 1024) { IsBackground = true, Name = "stalls" }.Start();

    /// <summary>One look: asks for the next pulse and says whether the boot moves; null when it does, otherwise why not.</summary>
    internal string? Objection()
    {
        if (Interlocked.Exchange(ref _asked, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static watch => watch.Pulse(), this, preferLocal: false);
        }

        TimeSpan sincePulse = _time.GetElapsedTime(Volatile.Read(ref _pulsed));
        TimeSpan sinceProgress = _time.GetElapsedTime(Volatile.Read(ref _progressed));
        return StallRules.Moves(new StallFacts(sincePulse, sinceProgress, _early))
            ? null
            : $"nothing for {sinceProgress.TotalSeconds:0} s since {Volatile.Read(ref _last)}, "
                + $"the thread pool last answered {sincePulse.TotalSeconds:0} s ago";
    }

    private void Pulse()
    {
        Volatile.Write(ref _pulsed, _time.GetTimestamp());
        Volatile.Write(ref _asked, 0);
    }

    private void Watch()
    {
        // Starting a process may be the very thing that stands still.
        new Thread(StartWatcher, maxStackSize: 256 * 1024) { IsBackground = true, Name = "stall watcher" }.Start();
        bool reported = false;
        while (!_over.WaitOne(Look))
        {
            string? objection = Objection();
            if (objection is null)
            {
                Say(StallWatcher.Moves);
            }
            else if (!reported && Volatile.Read(ref _watcher) is null)
            {
                reported = true;
                _report(objection);
            }
        }

        Say(StallWatcher.Over);
        Volatile.Read(ref _watcher)?.Dispose();
    }

    private void StartWatcher()
    {
        try
        {
            Volatile.Write(ref _watcher, _startWatcher());
        }
        catch (IOException)
        {
            // This process then reports by itself.
        }
    }

    private void Say(byte word)
    {
        try
        {
            if (Volatile.Read(ref _watcher) is { } pipe)
            {
                Descriptors.WriteAll(pipe, [word], "stall watcher");
            }
        }
        catch (IOException)
        {
            // The watcher is gone; this process then reports by itself.
            Interlocked.Exchange(ref _watcher, null)?.Dispose();
        }
    }
}
