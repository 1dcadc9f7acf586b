using System.Text;
using CsCheck;
using Talos.Containers.Logs;
using Talos.Containers.Tests.Images;
using Talos.Testing;

namespace Talos.Containers.Tests.Logs;

public sealed class CriLogTests
{
    private const string Time = "2026-01-02T03:04:05.678901234Z";

    [Theory]
    [InlineData($"{Time} stdout F hello", false, "hello")]
    [InlineData($"{Time} stderr P half a", true, "half a")]
    [InlineData($"{Time} stdout F:extra  indented", false, " indented")]
    [InlineData($"{Time} stdout F ", false, "")]
    public void A_line_has_time_stream_tag_and_content(string line, bool partial, string content)
    {
        Assert.True(CriLogLine.TryParse(Encoding.UTF8.GetBytes(line), out CriLogLine parsed));

        Assert.Equal(partial, parsed.IsPartial);
        Assert.Equal(content, Encoding.UTF8.GetString(parsed.Content));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no such form")]
    [InlineData($"{Time} stdin F hello")]
    [InlineData($"{Time} stdout X hello")]
    [InlineData($"{Time}")]
    public void Another_form_is_no_line(string line) => Assert.False(CriLogLine.TryParse(Encoding.UTF8.GetBytes(line), out _));

    [Fact]
    public void Parts_of_a_line_are_joined_for_each_stream()
    {
        string joined = Join($"{Time} stdout P one \n{Time} stderr F other\n{Time} stdout P two \n{Time} stdout F three\n");

        Assert.Equal($"{Time} stderr F other\n{Time} stdout F one two three\n", joined);
    }

    [Fact]
    public void However_the_file_is_cut_the_lines_are_the_same()
    {
        string text = $"{Time} stdout F a\n{Time} stdout P b\nbroken\n{Time} stdout F c\n";
        string whole = Join(text);

        Gen.Int[0, text.Length].Array[0, 6].Sample(cuts =>
        {
            CriLogJoiner joiner = new();
            StringBuilder joined = new();
            int start = 0;
            foreach (int cut in cuts.Order().Append(text.Length))
            {
                joined.Append(Encoding.UTF8.GetString(joiner.Add(Encoding.UTF8.GetBytes(text[start..cut])).Span));
                start = cut;
            }

            Assert.Equal(whole, joined.ToString());
        });
    }

    [Theory]
    [InlineData(-1, "1\n2\n3\n")]
    [InlineData(0, "")]
    [InlineData(1, "3\n")]
    [InlineData(2, "2\n3\n")]
    [InlineData(9, "1\n2\n3\n")]
    public async Task The_tail_begins_at_a_line(int lines, string expected)
    {
        using TemporaryFile file = new("1\n2\n3\n"u8.ToArray());

        Assert.Equal(expected, await ReadAllAsync(file.Path, lines));
    }

    [Fact]
    public async Task A_tail_longer_than_a_block_is_found()
    {
        string line = new('x', 999);
        using TemporaryFile file = new(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(line + "\n", 300))));

        Assert.Equal(200_000, (await ReadAllAsync(file.Path, 200)).Length);
    }

    [Fact]
    public async Task Following_gives_what_is_added_and_goes_on_after_rotation()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        using TemporaryFile file = new("1\n"u8.ToArray());
        JumpingTimeProvider time = new() { Restless = true };
        await using IAsyncEnumerator<ReadOnlyMemory<byte>> lines =
            new CriLogReader(time).ReadAsync(file.Path, -1, follow: true, ct).GetAsyncEnumerator(ct);

        Assert.Equal("1\n", await NextAsync(lines, time));
        await File.AppendAllTextAsync(file.Path, "2\n", ct);
        Assert.Equal("2\n", await NextAsync(lines, time));
        File.Move(file.Path, file.Path + ".old", overwrite: true);
        await File.WriteAllTextAsync(file.Path, "3\n", ct);
        Assert.Equal("3\n", await NextAsync(lines, time));
        File.Delete(file.Path + ".old");
    }

    private static async Task<string> NextAsync(IAsyncEnumerator<ReadOnlyMemory<byte>> lines, JumpingTimeProvider time)
    {
        Task<bool> next = lines.MoveNextAsync().AsTask();
        while (!next.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.True(await next);
        return Encoding.UTF8.GetString(lines.Current.Span);
    }

    private static async Task<string> ReadAllAsync(string path, int lines)
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        StringBuilder text = new();
        await foreach (ReadOnlyMemory<byte> part in new CriLogReader(TimeProvider.System).ReadAsync(path, lines, follow: false, ct))
        {
            text.Append(Encoding.UTF8.GetString(part.Span));
        }

        return text.ToString();
    }

    private static string Join(string text)
    {
        CriLogJoiner joiner = new();
        return Encoding.UTF8.GetString(joiner.Add(Encoding.UTF8.GetBytes(text)).Span) + Encoding.UTF8.GetString(joiner.Finish().Span);
    }
}
