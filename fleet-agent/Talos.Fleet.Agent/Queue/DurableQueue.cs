using System.Globalization;

namespace Talos.Fleet.Agent;

/// <summary>A record of the queue.</summary>
internal sealed record QueueEntry(long Seq, ReadOnlyMemory<byte> Payload);

/// <summary>Numbered records on the disk, oldest first, that survive kill and power cut.</summary>
/// <remarks>
/// What <see cref="Append"/> returned for is on the medium, so a number is never given to two records that anybody saw.
/// The last segment always stays: it carries stream and number on, also when all is released.
/// Not for several threads.
/// </remarks>
internal sealed class DurableQueue
{
    private readonly IQueueFiles _files;
    private readonly int _segmentBytes;
    private readonly List<Segment> _segments = [];
    private long _dropped;
    private long _released;

    private DurableQueue(IQueueFiles files, int segmentBytes) => (_files, _segmentBytes) = (files, segmentBytes);

    /// <summary>Names the queue.</summary>
    public Guid Stream => _segments[^1].Header.Stream;

    /// <summary>The number the next record gets.</summary>
    public long NextSeq { get; private set; }

    /// <summary>Bytes of all segments.</summary>
    public long Bytes => _segments.Sum(s => s.Bytes);

    /// <summary>Records that wait.</summary>
    public long Count => _segments.Sum(s => s.Last <= _released ? 0 : Math.Min(s.Count, s.Last - _released));

    /// <summary>Records dropped since the queue was made; of the last minutes before a power cut some may be forgotten.</summary>
    public long Dropped => _dropped;

    /// <summary>Opens what is there, or begins a new queue.</summary>
    /// <param name="files">Where it lies.</param>
    /// <param name="segmentBytes">A segment this long is finished.</param>
    /// <param name="newStream">Makes the name of a new queue.</param>
    public static DurableQueue Open(IQueueFiles files, int segmentBytes, Func<Guid> newStream)
    {
        DurableQueue queue = new(files, segmentBytes);
        queue.Load();
        if (queue._segments.Count == 0)
        {
            queue.NextSeq = 1;
            queue.Begin(newStream());
        }

        return queue;
    }

    /// <summary>Adds a record; it is on the medium when this returns.</summary>
    /// <returns>Its number.</returns>
    public long Append(ReadOnlySpan<byte> payload)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, SegmentFormat.MaxPayload);
        if (_segments[^1].Bytes >= _segmentBytes)
        {
            Begin(Stream);
        }

        Segment segment = _segments[^1];
        long seq = NextSeq;
        byte[] record = SegmentFormat.Record(seq, payload);
        segment.Bytes += record.Length;
        try
        {
            _files.Append(segment.Name, record);
        }
        catch (IOException)
        {
            // How much of it is there nobody knows; the number stays free, and the rest of a record is skipped by readers.
            segment.Bytes = Repair(segment);
            throw;
        }

        NextSeq++;
        segment.Last = seq;
        segment.Count++;
        RemoveReleased();
        return seq;
    }

    /// <summary>The oldest records that are not released, without a gap between them.</summary>
    /// <param name="max">At most so many.</param>
    /// <param name="maxBytes">At most so many bytes, but one record at least.</param>
    public IReadOnlyList<QueueEntry> Peek(int max, int maxBytes)
    {
        List<QueueEntry> entries = [];
        int bytes = 0;
        foreach (Segment segment in _segments.Where(s => s.Last > _released))
        {
            byte[] content = _files.Read(segment.Name);
            foreach (SegmentRecord record in SegmentFormat.Scan(content, segment.Header.First, out _))
            {
                if (record.Seq <= _released)
                {
                    continue;
                }

                bytes += record.Length;
                if (entries.Count > 0 && (entries.Count >= max || bytes > maxBytes || record.Seq != entries[^1].Seq + 1))
                {
                    return entries;
                }

                entries.Add(new QueueEntry(record.Seq, content.AsMemory(record.Offset, record.Length)));
            }
        }

        return entries;
    }

    /// <summary>The youngest record, released or not; null when none is left.</summary>
    public QueueEntry? Youngest()
    {
        foreach (Segment segment in _segments.AsEnumerable().Reverse())
        {
            byte[] content = _files.Read(segment.Name);
            if (SegmentFormat.Scan(content, segment.Header.First, out _) is [.., var record])
            {
                return new QueueEntry(record.Seq, content.AsMemory(record.Offset, record.Length));
            }
        }

        return null;
    }

    /// <summary>Gives up all records up to a number.</summary>
    /// <returns>False for a number that was never given.</returns>
    public bool Release(long seq)
    {
        if (seq >= NextSeq)
        {
            return false;
        }

        _released = Math.Max(_released, seq);
        RemoveReleased();
        return true;
    }

    /// <summary>Gives up the oldest segment with records that wait, to make room.</summary>
    /// <returns>How many were dropped.</returns>
    public long DropOldest()
    {
        if (_segments.FirstOrDefault(s => s.Last > _released) is not { } oldest)
        {
            return 0;
        }

        long before = Count;
        if (oldest == _segments[^1])
        {
            Begin(Stream);
        }

        _released = Math.Max(_released, oldest.Last);
        RemoveReleased();
        long dropped = before - Count;
        _dropped += dropped;
        return dropped;
    }

    private void RemoveReleased()
    {
        while (_segments.Count > 1 && _segments[0].Last <= _released)
        {
            _files.Delete(_segments[0].Name);
            _segments.RemoveAt(0);
        }
    }

    private void Load()
    {
        foreach (string name in _files.List())
        {
            byte[] content = _files.Read(name);
            if (SegmentFormat.ReadHeader(content) is not { } header || header.First < NextSeq || (_segments.Count > 0 && header.Stream != Stream))
            {
                // Being made when the power went; or not of this queue.
                _files.Delete(name);
                continue;
            }

            List<SegmentRecord> records = SegmentFormat.Scan(content, header.First, out int end);
            Segment segment = new(name, header)
            {
                Bytes = end,
                Count = records.Count,
                Last = records.Count > 0 ? records[^1].Seq : header.First - 1,
            };
            if (end < content.Length)
            {
                _files.Truncate(name, end);
            }

            _segments.Add(segment);
            NextSeq = segment.Last + 1;
            _dropped = header.Dropped;
        }
    }

    private void Begin(Guid stream)
    {
        SegmentHeader header = new(stream, NextSeq, _dropped);
        string name = NextSeq.ToString("D20", CultureInfo.InvariantCulture);
        if (_segments.Count > 0 && _segments[^1].Name == name)
        {
            return;
        }

        _files.Create(name, SegmentFormat.Header(header));
        _segments.Add(new Segment(name, header) { Bytes = SegmentFormat.HeaderLength, Last = NextSeq - 1 });
    }

    private long Repair(Segment segment)
    {
        try
        {
            byte[] content = _files.Read(segment.Name);
            _ = SegmentFormat.Scan(content, segment.Header.First, out int end);
            if (SegmentFormat.Scan(content, segment.Header.First, out end) is [.., { } youngest] && youngest.Seq > segment.Last)
            {
                end = youngest.Offset - SegmentFormat.RecordOverhead;
            }

            _files.Truncate(segment.Name, end);
            return end;
        }
        catch (IOException)
        {
            return segment.Bytes;
        }
    }

    private sealed class Segment(string name, SegmentHeader header)
    {
        public string Name { get; } = name;

        public SegmentHeader Header { get; } = header;

        public long Bytes { get; set; }

        public long Count { get; set; }

        /// <summary>Number of its last record; the one before its first when it has none.</summary>
        public long Last { get; set; }
    }
}
