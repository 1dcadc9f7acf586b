using Microsoft.Extensions.Logging;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Agent;

/// <summary>Events and telemetry that wait for the hub, within one bound: the oldest telemetry goes first, events last.</summary>
/// <param name="events">Events; each waits for the hub's ack.</param>
/// <param name="telemetry">Telemetry; each waits for the broker's.</param>
/// <param name="maxBytes">Bound of both together.</param>
/// <param name="log">Where drops are told.</param>
internal sealed partial class OutgoingQueue(DurableQueue events, DurableQueue telemetry, long maxBytes, ILogger log)
{
    private readonly Lock _gate = new();

    /// <summary>Names the stream of events.</summary>
    public string Stream => events.Stream.ToString("N");

    public QueueReport Report(long refused)
    {
        lock (_gate)
        {
            return new QueueReport
            {
                Events = events.Count,
                Telemetry = telemetry.Count,
                DroppedEvents = events.Dropped,
                DroppedTelemetry = telemetry.Dropped,
                Refused = refused,
            };
        }
    }

    /// <summary>Adds an event.</summary>
    /// <returns>False when the disk takes nothing; it is lost then.</returns>
    public bool AddEvent(ReadOnlySpan<byte> payload) => Add(events, payload);

    /// <summary>Adds telemetry.</summary>
    /// <returns>False when the disk takes nothing; it is lost then.</returns>
    public bool AddTelemetry(ReadOnlySpan<byte> payload) => Add(telemetry, payload);

    public IReadOnlyList<QueueEntry> PeekEvents(int max, int maxBytes)
    {
        lock (_gate)
        {
            return events.Peek(max, maxBytes);
        }
    }

    public QueueEntry? PeekTelemetry()
    {
        lock (_gate)
        {
            return telemetry.Peek(1, SegmentFormat.MaxPayload) is [var oldest] ? oldest : null;
        }
    }

    public QueueEntry? YoungestEvent()
    {
        lock (_gate)
        {
            return events.Youngest();
        }
    }

    /// <returns>False for a number that was never given, or of another stream.</returns>
    public bool Acknowledge(string stream, long seq)
    {
        lock (_gate)
        {
            return stream == Stream && events.Release(seq);
        }
    }

    public void ReleaseTelemetry(long seq)
    {
        lock (_gate)
        {
            telemetry.Release(seq);
        }
    }

    private bool Add(DurableQueue queue, ReadOnlySpan<byte> payload)
    {
        lock (_gate)
        {
            for (int tries = 0; ; tries++)
            {
                while (events.Bytes + telemetry.Bytes + payload.Length + SegmentFormat.RecordOverhead > maxBytes && MakeRoom())
                {
                }

                try
                {
                    queue.Append(payload);
                    return true;
                }
                catch (IOException e) when (tries < 3)
                {
                    LogNotWritten(e.Message);
                    MakeRoom();
                }
                catch (IOException e)
                {
                    LogLost(e.Message);
                    return false;
                }
            }
        }
    }

    private bool MakeRoom()
    {
        try
        {
            if (telemetry.DropOldest() is > 0 and var measurements)
            {
                LogDropped(measurements, "measurements");
                return true;
            }

            if (events.DropOldest() is > 0 and var dropped)
            {
                LogDropped(dropped, "events");
                return true;
            }
        }
        catch (IOException e)
        {
            LogNotWritten(e.Message);
        }

        return false;
    }

    [LoggerMessage(LogLevel.Warning, "The queue is full: the oldest {Count} {What} were dropped")]
    private partial void LogDropped(long count, string what);

    [LoggerMessage(LogLevel.Warning, "The queue could not be written, trying with less in it: {Problem}")]
    private partial void LogNotWritten(string problem);

    [LoggerMessage(LogLevel.Error, "The queue takes nothing, a message is lost: {Problem}")]
    private partial void LogLost(string problem);
}
