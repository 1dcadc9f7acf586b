using System.Text;
using CsCheck;
using Talos.Services.Logs;

namespace Talos.Services.Tests;

public sealed class LogTests
{
    [Fact]
    public void The_ring_keeps_the_last_bytes_of_whatever_is_written() =>
        Gen.Select(Gen.Int[1, 40], Gen.Byte.Array[0, 60].List[0, 20]).Sample((capacity, pieces) =>
        {
            LogRing ring = new(capacity);
            foreach (byte[] piece in pieces)
            {
                ring.Append(piece);
            }

            byte[] all = [.. pieces.SelectMany(p => p)];
            Assert.Equal(all.Length, ring.End);
            Assert.Equal(all.TakeLast(capacity), ring.From(0));
            Assert.Empty(ring.From(ring.End));
        });

    [Theory]
    [InlineData("a\nb\nc\n", 0, "")]
    [InlineData("a\nb\nc\n", 1, "c\n")]
    [InlineData("a\nb\nc", 2, "b\nc")]
    [InlineData("a\nb\nc\n", 9, "a\nb\nc\n")]
    [InlineData("a\nb\nc\n", -1, "a\nb\nc\n")]
    [InlineData("", 3, "")]
    public void The_tail_is_counted_in_lines(string text, int lines, string expected)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);

        Assert.Equal(expected, Encoding.UTF8.GetString(bytes[LogTail.IndexOfLast(bytes, lines)..]));
    }

    [Fact]
    public async Task A_follower_gets_the_tail_and_then_what_comes()
    {
        MemoryLogStore store = new();
        ServiceLog log = new("test", store);
        log.Append("one\ntwo\n"u8);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        List<string> seen = [];

        await foreach (ReadOnlyMemory<byte> piece in log.ReadAsync(1, follow: true, stop.Token))
        {
            seen.Add(Encoding.UTF8.GetString(piece.Span));
            if (seen.Count == 1)
            {
                log.Append("three\n"u8);
            }
            else
            {
                await stop.CancelAsync();
            }
        }

        Assert.Equal(["two\n", "three\n"], seen);
    }

    [Fact]
    public async Task Output_of_before_the_store_was_open_is_stored_when_it_opens()
    {
        MemoryLogStore store = new();
        ServiceLog log = new("test", store, capacity: 64);
        log.Append("early\n"u8);
        log.Flush();
        Assert.Empty(store.Text("test"));

        store.IsOpen = true;
        log.Append("late\n"u8);
        Assert.Empty(store.Text("test"));
        log.Flush();
        log.Flush();

        Assert.Equal("early\nlate\n", store.Text("test"));
        Assert.Equal("early\nlate\n", await ReadAllAsync(log, -1));
    }

    [Fact]
    public async Task Output_is_stored_before_it_falls_out_of_memory()
    {
        MemoryLogStore store = new() { IsOpen = true };
        ServiceLog log = new("test", store, capacity: 16);
        for (int i = 0; i < 10; i++)
        {
            log.Append(Encoding.UTF8.GetBytes($"line {i}\n"));
        }

        Assert.Equal("line 8\nline 9\n", await ReadAllAsync(log, 2));
        Assert.Equal(string.Concat(Enumerable.Range(0, 10).Select(i => $"line {i}\n")), await ReadAllAsync(log, -1));
    }

    [Fact]
    public void The_tail_of_stored_text_is_that_of_the_same_text_in_memory() =>
        Gen.Select(Gen.Char["ab\n"].Array[0, 60_000], Gen.Int[-1, 40]).Sample(
            (text, lines) =>
            {
                byte[] bytes = Encoding.UTF8.GetBytes(text);
                Assert.Equal(LogTail.IndexOfLast(bytes, lines), LogTail.IndexOfLast(new StoredBytes(bytes), lines));
            },
            iter: 200);

    [Fact]
    public void A_log_that_is_rotated_while_it_is_read_is_read_to_its_end()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("talos-log-");
        try
        {
            FileLogStore store = new(directory.FullName, limit: 10);
            store.Open();
            store.Append("x", "12345678\n"u8);
            using IStoredText open = store.Open("x", 1000);

            store.Append("x", "abcdefgh\n"u8);
            store.Append("x", "ijklmnopq\n"u8);
            store.Append("x", "rstuvwxyz\n"u8);

            Assert.Equal("12345678\n", Text(open));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    [Trait("Category", "Security")]
    public async Task A_long_stored_log_is_given_in_pieces_so_that_many_readers_need_little_memory()
    {
        MemoryLogStore store = new() { IsOpen = true };
        ServiceLog log = new("test", store);
        for (int i = 0; i < 200; i++)
        {
            log.Append(new byte[16 << 10]);
        }

        long total = 0;
        await foreach (ReadOnlyMemory<byte> piece in log.ReadAsync(-1, follow: false, TestContext.Current.CancellationToken))
        {
            Assert.InRange(piece.Length, 1, 64 << 10);
            total += piece.Length;
        }

        Assert.Equal(200 * (16 << 10), total);
    }

    [Fact]
    [Trait("Category", "Security")]
    public async Task A_follower_that_is_too_slow_is_told_how_much_it_missed()
    {
        ServiceLog log = new("test", new MemoryLogStore(), capacity: 16);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        List<string> seen = [];
        log.Append("first\n"u8);

        await foreach (ReadOnlyMemory<byte> piece in log.ReadAsync(-1, follow: true, stop.Token))
        {
            seen.Add(Encoding.UTF8.GetString(piece.Span));
            if (seen.Count == 1)
            {
                log.Append("0123456789abcdef0123456789abcdef"u8);
            }
            else if (seen.Count == 3)
            {
                await stop.CancelAsync();
            }
        }

        Assert.Equal(["first\n", "[16 bytes are left out: the reader was too slow]\n", "0123456789abcdef"], seen);
    }

    [Fact]
    public void A_full_disk_is_remembered_and_stops_nothing()
    {
        MemoryLogStore store = new() { IsOpen = true, Problem = "No space left on device" };
        ServiceLog log = new("test", store);

        log.Append("text\n"u8);
        log.Flush();

        Assert.Equal("No space left on device", log.Problem);
    }

    [Fact]
    public void A_full_file_makes_place_for_a_new_one()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("talos-log-");
        try
        {
            FileLogStore store = new(directory.FullName, limit: 10);
            store.Open();

            store.Append("x", "12345678\n"u8);
            store.Append("x", "abcdefgh\n"u8);
            store.Append("x", "last\n"u8);

            Assert.Equal("last\n", File.ReadAllText(Path.Combine(directory.FullName, "x.log")));
            Assert.Equal("12345678\nabcdefgh\nlast\n", Text(store.Open("x", 1000)));
            Assert.Equal("h\nlast\n", Text(store.Open("x", 7)));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task<string> ReadAllAsync(ServiceLog log, int tail)
    {
        StringBuilder text = new();
        await foreach (ReadOnlyMemory<byte> piece in log.ReadAsync(tail, follow: false, TestContext.Current.CancellationToken))
        {
            text.Append(Encoding.UTF8.GetString(piece.Span));
        }

        return text.ToString();
    }

    private static string Text(IStoredText stored)
    {
        using (stored)
        {
            byte[] all = new byte[stored.Length];
            return Encoding.UTF8.GetString(all.AsSpan(0, stored.Read(0, all)));
        }
    }

    private sealed class StoredBytes(byte[] bytes) : IStoredText
    {
        public long Length => bytes.Length;

        public int Read(long position, Span<byte> buffer)
        {
            int length = (int)Math.Min(buffer.Length, bytes.Length - position);
            bytes.AsSpan((int)position, length).CopyTo(buffer);
            return length;
        }

        public void Dispose()
        {
        }
    }

    private sealed class MemoryLogStore : ILogStore
    {
        private readonly Dictionary<string, List<byte>> _logs = [];

        public bool IsOpen { get; set; }

        public string? Problem { get; set; }

        public void Append(string id, ReadOnlySpan<byte> data)
        {
            if (Problem is not null)
            {
                throw new IOException(Problem);
            }

            if (!_logs.TryGetValue(id, out List<byte>? log))
            {
                _logs[id] = log = [];
            }

            log.AddRange(data);
        }

        public IStoredText Open(string id, long limit) => new StoredBytes([.. _logs.GetValueOrDefault(id, []).TakeLast((int)limit)]);

        public string Text(string id) => LogTests.Text(Open(id, int.MaxValue));
    }
}
