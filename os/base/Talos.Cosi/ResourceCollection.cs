using System.Threading.Channels;

namespace Talos.Cosi;

/// <summary>The resources of one namespace and type, their history and their watches; used inside the state's lock.</summary>
internal sealed class ResourceCollection
{
    private readonly Queue<StateEvent> _history = new();
    private readonly List<StateWatch> _watches = [];
    private ulong _bookmark;

    public SortedDictionary<string, Resource> Items { get; } = new(StringComparer.Ordinal);

    public StateEvent Append(StateEventKind kind, Resource? old, Resource now)
    {
        StateEvent happened = new(kind, now, ++_bookmark) { Old = old };
        _history.Enqueue(happened);
        if (_history.Count > InMemoryState.HistoryLength)
        {
            _history.Dequeue();
        }

        foreach (StateWatch watch in _watches.ToArray())
        {
            watch.Offer(happened);
        }

        return happened;
    }

    public StateWatch Watch(ResourceAddress address, WatchOptions options, Lock stateLock)
    {
        StateWatch watch = new(options, w =>
        {
            lock (stateLock)
            {
                _watches.Remove(w);
            }
        });

        if (options.StartFromBookmark is { } from)
        {
            if (from > _bookmark || _bookmark - from > (ulong)_history.Count)
            {
                throw new StateException(StateError.InvalidBookmark, address,
                    $"bookmark {from} is not within the history, {_bookmark - (ulong)_history.Count} to {_bookmark}");
            }

            Replay(watch, (int)(_bookmark - from));
        }
        else if (options.BootstrapContents)
        {
            foreach (Resource item in Items.Values)
            {
                watch.Offer(new StateEvent(StateEventKind.Created, item, _bookmark));
            }

            watch.Force(new StateEvent(StateEventKind.Bootstrapped, null, _bookmark));
        }
        else
        {
            if (options.BootstrapBookmark)
            {
                watch.Force(new StateEvent(StateEventKind.Noop, null, _bookmark));
            }

            Replay(watch, Math.Min(options.TailEvents, _history.Count));
        }

        _watches.Add(watch);
        return watch;
    }

    private void Replay(StateWatch watch, int count)
    {
        foreach (StateEvent past in _history.Skip(_history.Count - Math.Max(count, 0)))
        {
            watch.Offer(past);
        }
    }
}

/// <summary>One watch: filters events into a bounded queue.</summary>
internal sealed class StateWatch(WatchOptions options, Action<StateWatch> closed) : IStateWatch
{
    /// <summary>A reader this far behind is cut off with an error instead of filling the memory.</summary>
    private const int QueueLength = 4096;

    private readonly Channel<StateEvent> _queue = Channel.CreateBounded<StateEvent>(new BoundedChannelOptions(QueueLength) { SingleReader = true });

    public void Offer(StateEvent happened)
    {
        if (options.Id is { } id && happened.Resource?.Id != id)
        {
            return;
        }

        if (Filtered(happened) is { } wanted)
        {
            Force(wanted);
        }
    }

    public void Force(StateEvent happened)
    {
        if (!_queue.Writer.TryWrite(happened))
        {
            _queue.Writer.TryComplete();
            closed(this);
        }
    }

    public async IAsyncEnumerable<StateEvent> ReadAllAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (StateEvent happened in _queue.Reader.ReadAllAsync(ct))
        {
            yield return happened;
        }

        yield return new StateEvent(StateEventKind.Errored, null, 0) { Error = $"the watch fell more than {QueueLength} events behind" };
    }

    public void Dispose() => closed(this);

    private StateEvent? Filtered(StateEvent happened)
    {
        if (options.Filter is not { } passes || happened.Resource is not { } now)
        {
            return happened;
        }

        bool before = happened.Kind is StateEventKind.Updated && happened.Old is { } old && passes(old);
        return (happened.Kind, before, passes(now)) switch
        {
            (StateEventKind.Updated, true, true) => happened,
            (StateEventKind.Updated, false, true) => happened with { Kind = StateEventKind.Created, Old = null },
            (StateEventKind.Updated, true, false) => happened with { Kind = StateEventKind.Destroyed, Old = null },
            (StateEventKind.Updated, false, false) => null,
            (_, _, true) => happened,
            _ => null,
        };
    }
}
