using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Google.Protobuf;
using Talos.Rpc.Errors;

namespace Talos.Machined.Events;

/// <summary>The events of this boot: the last ones are kept, readers get past and coming ones without a gap.</summary>
internal sealed class EventLog(TimeProvider time)
{
    /// <summary>Events kept.</summary>
    public const int Capacity = 1000;

    /// <summary>A reader this far behind loses its stream instead of filling the memory.</summary>
    private const int QueueLength = 1024;

    private const string TypePrefix = "talos/runtime/machine.";

    private readonly Lock _gate = new();
    private readonly Queue<NodeEvent> _past = new();
    private readonly List<Channel<NodeEvent>> _readers = [];
    private readonly XidSource _ids = new(time);

    /// <summary>Adds an event.</summary>
    /// <param name="name">Name of the message, such as <c>ServiceStateEvent</c>.</param>
    /// <param name="message">The message.</param>
    /// <param name="actorId">The sequence it belongs to; empty for none.</param>
    public void Publish(string name, IMessage message, string actorId = "")
    {
        ByteString payload = message.ToByteString();
        lock (_gate)
        {
            NodeEvent happened = new(_ids.Next(), time.GetUtcNow(), TypePrefix + name, payload, actorId);
            _past.Enqueue(happened);
            if (_past.Count > Capacity)
            {
                _past.Dequeue();
            }

            for (int i = _readers.Count - 1; i >= 0; i--)
            {
                if (!_readers[i].Writer.TryWrite(happened))
                {
                    _readers[i].Writer.TryComplete();
                    _readers.RemoveAt(i);
                }
            }
        }
    }

    /// <summary>The wanted past events, then each new one, until cancelled.</summary>
    /// <exception cref="FollowerTooSlowException">The reader was too slow.</exception>
    public async IAsyncEnumerable<NodeEvent> ReadAsync(EventTail tail, [EnumeratorCancellation] CancellationToken ct)
    {
        var queue = Channel.CreateBounded<NodeEvent>(new BoundedChannelOptions(QueueLength) { SingleReader = true });
        NodeEvent[] first;
        lock (_gate)
        {
            first = [.. tail.Select([.. _past], time.GetUtcNow())];
            _readers.Add(queue);
        }

        try
        {
            foreach (NodeEvent happened in first)
            {
                yield return happened;
            }

            await foreach (NodeEvent happened in queue.Reader.ReadAllAsync(ct))
            {
                if (tail.Passes(happened))
                {
                    yield return happened;
                }
            }

            throw new FollowerTooSlowException("events", QueueLength);
        }
        finally
        {
            lock (_gate)
            {
                _readers.Remove(queue);
            }
        }
    }
}
