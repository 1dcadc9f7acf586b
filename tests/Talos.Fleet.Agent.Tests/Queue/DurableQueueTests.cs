using System.Text;
using CsCheck;

namespace Talos.Fleet.Agent.Tests;

public sealed class DurableQueueTests
{
    private static readonly Guid First = new("00000000-0000-0000-0000-000000000001");

    private readonly ModelDisk _disk = new();

    [Fact]
    public void Records_come_out_in_the_order_they_went_in_with_numbers_from_one()
    {
        DurableQueue queue = Open();

        Assert.Equal([1, 2, 3], new[] { Add(queue, "a"), Add(queue, "b"), Add(queue, "c") });
        Assert.Equal(["1a", "2b", "3c"], Texts(queue));
        Assert.Equal(3, queue.Count);
    }

    [Fact]
    public void An_opened_queue_goes_on_where_it_was()
    {
        DurableQueue queue = Open();
        Add(queue, "a");
        Add(queue, "b");
        queue.Release(1);

        DurableQueue again = Open(other: true);

        Assert.Equal(First, again.Stream);
        Assert.Equal(3, Add(again, "c"));
        again.Release(1);
        Assert.Equal(["2b", "3c"], Texts(again));
    }

    [Fact]
    public void Numbers_go_on_also_when_all_was_released_and_removed()
    {
        DurableQueue queue = Open();
        for (int i = 0; i < 100; i++)
        {
            Add(queue, new string('x', 50));
        }

        queue.Release(100);
        Add(queue, "y");
        queue.Release(101);

        Assert.True(_disk.Bytes < 1000);
        Assert.Equal(102, Add(Open(other: true), "z"));
    }

    [Fact]
    public void A_wiped_disk_begins_a_new_stream_at_one()
    {
        Add(Open(), "a");
        foreach (string name in _disk.List())
        {
            _disk.Delete(name);
        }

        DurableQueue queue = Open(other: true);

        Assert.NotEqual(First, queue.Stream);
        Assert.Equal(1, Add(queue, "b"));
    }

    [Fact]
    public void A_number_that_was_never_given_releases_nothing()
    {
        DurableQueue queue = Open();
        Add(queue, "a");

        Assert.False(queue.Release(2));
        Assert.Equal(1, queue.Count);
    }

    [Fact]
    public void Dropping_takes_the_oldest_and_counts_and_the_count_is_kept()
    {
        DurableQueue queue = Open();
        for (int i = 0; i < 20; i++)
        {
            Add(queue, new string('x', 50));
        }

        long dropped = queue.DropOldest();

        Assert.True(dropped > 0);
        Assert.Equal(20 - dropped, queue.Count);
        Assert.Equal(dropped + 1, queue.Peek(1, 1000)[0].Seq);
        while (queue.DropOldest() > 0)
        {
        }

        Assert.Equal(20, queue.Dropped);
        Assert.Equal(21, Add(Open(other: true), "y"));
        Assert.True(Open(other: true).Dropped > 0);
    }

    [Fact]
    public void A_damaged_record_costs_itself_and_no_other()
    {
        DurableQueue queue = Open();
        for (int i = 0; i < 6; i++)
        {
            Add(queue, $"record {i}");
        }

        _disk.Damage(_disk.List()[0], SegmentFormat.HeaderLength + (2 * (SegmentFormat.RecordOverhead + 8)) + SegmentFormat.RecordOverhead + 1);
        DurableQueue again = Open(other: true);

        Assert.Equal(["1record 0", "2record 1"], Texts(again));
        again.Release(2);
        Assert.Equal(["4record 3", "5record 4", "6record 5"], Texts(again));
        Assert.Equal(7, again.NextSeq);
    }

    [Fact]
    public void A_disk_that_is_full_loses_nothing_that_was_taken()
    {
        DurableQueue queue = Open();
        Add(queue, "a");
        _disk.Full = true;
        Assert.Throws<IOException>(() => Add(queue, "b"));
        _disk.Full = false;

        Assert.Equal(2, Add(queue, "c"));
        Assert.Equal(["1a", "2c"], Texts(queue));
        Assert.Equal(["1a", "2c"], Texts(Open(other: true)));
    }

    [Fact]
    public void Whenever_the_power_goes_everything_taken_is_there_once_in_order_and_no_number_is_given_twice() =>
        Gen.Select(Gen.Int[0, 1_000_000], Gen.Int[0, 40].Array[1, 6], Gen.Int[0, 90].Array[1, 60]).Sample(
            (seed, cuts, sizes) =>
            {
                ModelDisk disk = new() { Chance = new Random(seed) };
                Dictionary<long, string> taken = [];
                long released = 0;
                int next = 0;
                foreach (int cut in cuts.Append(-1))
                {
                    try
                    {
                        DurableQueue queue = DurableQueue.Open(disk, 256, () => First);
                        Assert.True(queue.NextSeq > taken.Keys.DefaultIfEmpty(0).Max());
                        disk.WritesLeft = cut;
                        for (int i = 0; i < 60; i++)
                        {
                            string text = $"{next++}-" + new string('x', sizes[i % sizes.Length]);
                            long seq = queue.Append(Encoding.UTF8.GetBytes(text));
                            Assert.True(taken.TryAdd(seq, text));
                            if (i % 7 == 6)
                            {
                                released = Math.Max(released, seq - 3);
                                queue.Release(released);
                            }
                        }
                    }
                    catch (PowerCutException)
                    {
                        disk.PowerUp();
                    }
                }

                DurableQueue end = DurableQueue.Open(disk, 256, () => throw new InvalidOperationException("the stream is gone"));
                end.Release(released);
                List<long> seen = [];
                while (end.Peek(8, 200) is [_, ..] some)
                {
                    foreach (QueueEntry entry in some)
                    {
                        // What was being written when the power went may be there whole: nobody was told of it.
                        if (taken.TryGetValue(entry.Seq, out string? text))
                        {
                            Assert.Equal(text, Encoding.UTF8.GetString(entry.Payload.Span));
                        }

                        seen.Add(entry.Seq);
                    }

                    end.Release(some[^1].Seq);
                }

                Assert.Equal(seen.Order().Distinct(), seen);
                Assert.Empty(taken.Keys.Where(s => s > released).Except(seen));
            },
            iter: 2000);

    [Fact]
    public void No_bytes_on_the_disk_make_opening_fail() =>
        Gen.Select(Gen.Int[0, 1_000_000], Gen.Int[1, 20]).Sample(
            (seed, damages) =>
            {
                ModelDisk disk = new() { Chance = new Random(seed) };
                DurableQueue queue = DurableQueue.Open(disk, 128, () => First);
                for (int i = 0; i < 12; i++)
                {
                    queue.Append(new byte[i * 5]);
                }

                for (int i = 0; i < damages; i++)
                {
                    string name = disk.List()[disk.Chance.Next(disk.List().Count)];
                    disk.Damage(name, disk.Chance.Next(disk.Read(name).Length));
                }

                DurableQueue again = DurableQueue.Open(disk, 128, Guid.NewGuid);
                again.Append([1]);
                while (again.Peek(5, 100) is [_, ..] some)
                {
                    again.Release(some[^1].Seq);
                }

                Assert.Equal(0, again.Count);
            },
            iter: 1000);

    private DurableQueue Open(bool other = false) => DurableQueue.Open(_disk, 256, () => other ? Guid.NewGuid() : First);

    private static long Add(DurableQueue queue, string text) => queue.Append(Encoding.UTF8.GetBytes(text));

    private static IEnumerable<string> Texts(DurableQueue queue) =>
        queue.Peek(100, 10000).Select(e => $"{e.Seq}{Encoding.UTF8.GetString(e.Payload.Span)}");
}
