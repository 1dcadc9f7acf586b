using System.Text;
using Talos.Ota.Bundle;
using Talos.Ota.Engine.Sources;
using Talos.Testing;

namespace Talos.Ota.Engine.Tests.Sources;

/// <summary>Servers, mirrors, proxies and portals that do not do as they should: the bundle comes whole, or a clear word does, in bounded time and bytes.</summary>
[Trait("Category", "Integration")]
public sealed class MisbehavingServerTests
{
    private const string Login = "<html><body>Please accept the terms of this network.</body></html>";

    private static readonly byte[] File = MakeFile(1_049_762);

    private static readonly HttpSourceOptions Impatient = new()
    {
        FirstPause = TimeSpan.FromMilliseconds(1),
        GiveUpAfter = TimeSpan.FromSeconds(3),
        Stall = TimeSpan.FromSeconds(2),
    };

    /// <summary>Servers from which the file comes whole.</summary>
    private static readonly Dictionary<string, Func<RawRequest, RawAnswer>> Bearable = new(StringComparer.Ordinal)
    {
        ["dies after each 30,000 bytes"] = r => RawServer.Part(File, r, cut: 30_000),
        ["another ETag each time"] = r => RawServer.Part(File, r, $"ETag: \"{r.Number}\"\r\n"),
        ["another date each time"] = r => RawServer.Part(File, r, $"Last-Modified: Mon, 30 Nov 2026 12:00:{r.Number % 60:00} GMT\r\n"),
        ["ETag, date and type each from another mirror"] = r => RawServer.Part(File, r, r.Number % 2 == 0 ? "ETag: \"a\"\r\nContent-Type: application/octet-stream\r\n" : ""),
        ["total is never told"] = r => Total(r, "*"),
        ["total is told from the second answer on"] = r => Total(r, r.Number == 1 ? "*" : $"{File.Length}"),
        ["total is told only by the first answer"] = r => Total(r, r.Number == 1 ? $"{File.Length}" : "*"),
        ["portal in the middle"] = r => r.Number is 2 or 3 ? RawServer.Text("200 OK", "text/html", Login) : RawServer.Part(File, r),
        ["portal of unknown length in the middle"] = r => r.Number == 2 ? new RawAnswer("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n", Encoding.ASCII.GetBytes(Login)) : RawServer.Part(File, r),
        ["redirection to a portal in the middle"] = r => r.Number == 2 ? new RawAnswer("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n", default) : RawServer.Part(File, r),
        ["one 403 in the middle"] = r => r.Number == 2 ? RawServer.Text("403 Forbidden", "text/html", "no") : RawServer.Part(File, r),
        ["one 404 in the middle"] = r => r.Number == 2 ? RawServer.Text("404 Not Found", "text/html", "no") : RawServer.Part(File, r),
        ["one 416 in the middle"] = r => r.Number == 2 ? RawServer.Text("416 Range Not Satisfiable", "text/html", "no") : RawServer.Part(File, r),
        ["429 and 503 in the middle"] = r => r.Number is 2 or 3 ? RawServer.Text(r.Number == 2 ? "429 Too Many Requests" : "503 Service Unavailable", "text/plain", "later") : RawServer.Part(File, r),
        ["one 206 without Content-Range in the middle"] = r => r.Number == 2 ? Unplaced(r) : RawServer.Part(File, r),
        ["one part from the wrong place in the middle"] = r => r.Number == 2 ? RawServer.Part(File, r with { From = r.From + 1 }) : RawServer.Part(File, r),
        ["one packed answer in the middle"] = r => r.Number == 2 ? RawServer.Part(File, r, "Content-Encoding: gzip\r\n") : RawServer.Part(File, r),
        ["one mirror is behind and has half of it"] = r => r.Number == 2 ? RawServer.Whole(File[..500_000], "Content-Type: application/octet-stream\r\n") : RawServer.Part(File, r, "Content-Type: application/octet-stream\r\n"),
        ["200 for the whole from the second request on"] = r => r.Number > 1 ? RawServer.Whole(File) : RawServer.Part(File, r),
        ["body longer than its range"] = r => new RawAnswer(
            $"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {r.From}-{r.To}/{File.Length}\r\n", File.AsMemory(r.From, Math.Min(File.Length - r.From, r.To - r.From + 5000))),
        ["range longer than asked"] = r => RawServer.Part(File, r with { To = Math.Min(File.Length - 1, r.To + 70_000) }),
        ["range shorter than asked"] = r => RawServer.Part(File, r with { To = Math.Min(r.To, r.From + 50_000) }),
        ["chunked"] = r => new RawAnswer($"HTTP/1.1 206 Partial Content\r\nTransfer-Encoding: chunked\r\nContent-Range: bytes {r.From}-{r.To}/{File.Length}\r\n", Chunked(r)),
        ["connection closed without a word every other time"] = r => r.Number % 2 == 0 ? new RawAnswer("", default) : RawServer.Part(File, r, cut: 100_000),
        ["nonsense instead of HTTP once"] = r => r.Number == 2 ? new RawAnswer("SSH-2.0-OpenSSH\r\n", default) : RawServer.Part(File, r),
        ["no ranges, breaks off once"] = r => RawServer.Whole(File, cut: r.Number == 1 ? 600_000 : null),
        ["no ranges, breaks off a bit later each time"] = r => RawServer.Whole(File, cut: r.Number * 90_000),
        ["no ranges, another ETag each time"] = r => RawServer.Whole(File, $"ETag: \"{r.Number}\"\r\n", cut: r.Number == 1 ? 600_000 : null),
        ["no ranges, portal on the way"] = r => r.Number == 2 ? RawServer.Text("200 OK", "text/html", Login) : RawServer.Whole(File, cut: r.Number == 1 ? 600_000 : null),
    };

    /// <summary>Servers that never give it, and what is said then.</summary>
    private static readonly Dictionary<string, (Func<RawRequest, RawAnswer> Answer, string Word)> Hopeless = new(StringComparer.Ordinal)
    {
        ["no ranges, breaks off at the same place"] = (r => RawServer.Whole(File, cut: 600_000), "without a byte at 6"),
        ["no ranges, always one byte more"] = (r => RawServer.Whole(File, cut: 600_000 + r.Number), "breaks off again and again"),
        ["no ranges, back and forth"] = (r => RawServer.Whole(File, cut: r.Number % 2 == 0 ? 599_000 : 600_000), "without a byte at 6"),
        ["ranges, never a byte behind a place"] = (r => RawServer.Part(File, r, cut: Math.Max(0, 600_000 - r.From)), "without a byte at 600000"),
        ["a file that was replaced by a longer one"] = (r => Replaced(r, File.Length + 9), "was changed on the server"),
        ["a file that was replaced by a shorter one"] = (r => Replaced(r, File.Length - 9), "was changed on the server"),
        ["a file that was deleted"] = (r => r.Number > 1 ? RawServer.Text("404 Not Found", "text/html", "no") : RawServer.Part(File, r), "answered 404 NotFound"),
        ["a portal that stays"] = (r => r.Number > 1 ? RawServer.Text("200 OK", "text/html", Login) : RawServer.Part(File, r), "without a byte"),
        ["206 without Content-Range"] = (Unplaced, "without a valid Content-Range"),
        ["206 without Content-Range from the second answer on"] = (r => r.Number > 1 ? Unplaced(r) : RawServer.Part(File, r), "without a valid Content-Range"),
        ["206 with several parts"] = (r => new RawAnswer("HTTP/1.1 206 Partial Content\r\nContent-Type: multipart/byteranges; boundary=x\r\nContent-Length: 4\r\n", "--x-"u8.ToArray()), "multipart/byteranges"),
        ["206 from a wrong place"] = (r => RawServer.Part(File, r with { From = r.From + 1 }), "the server sent those from 1 on"),
        ["packed though not asked"] = (r => RawServer.Part(File, r, "Content-Encoding: gzip\r\n"), "packed its answer as gzip"),
        ["204"] = (r => new RawAnswer("HTTP/1.1 204 No Content\r\n", default), "answered 204 NoContent"),
        ["403 at once"] = (r => RawServer.Text("403 Forbidden", "text/html", "no"), "answered 403 Forbidden"),
        ["closes each connection"] = (r => new RawAnswer("", default), "given up after 3 s"),
    };

    public static TheoryData<string> BearableNames => [.. Bearable.Keys];

    public static TheoryData<string> HopelessNames => [.. Hopeless.Keys];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(BearableNames))]
    public async Task The_file_comes_whole_from_a_server_with(string habit)
    {
        await using RawServer server = new(File.Length, Bearable[habit]);
        await using HttpSource source = await HttpSource.OpenAsync(server.Address, Impatient, Ct);

        byte[] read = await ReadAllAsync(source);

        Assert.True(File.AsSpan().SequenceEqual(read), $"{read.Length} bytes came, {File.Length} were there");
        Assert.InRange(source.Requests, 1, 60);
    }

    [Theory]
    [MemberData(nameof(HopelessNames))]
    public async Task A_clear_word_comes_in_bounded_time_and_bytes_from_a_server_with(string habit)
    {
        (Func<RawRequest, RawAnswer> answer, string word) = Hopeless[habit];
        await using RawServer server = new(File.Length, answer);

        SourceException refused = await Assert.ThrowsAsync<SourceException>(async () =>
        {
            await using HttpSource source = await HttpSource.OpenAsync(server.Address, Impatient, Ct);
            await ReadAllAsync(source);
        });

        Assert.Contains(word, refused.Message, StringComparison.Ordinal);
        Assert.InRange(server.Requests, 1, 150);
        Assert.InRange(server.SentBytes, 0, 90_000_000);
    }

    [Fact]
    public async Task With_the_default_patience_a_server_that_breaks_off_costs_few_requests_and_pauses_grow()
    {
        JumpingTimeProvider clock = new() { Restless = true };
        await using RawServer server = new(File.Length, r => RawServer.Whole(File, cut: 600_000));

        Task<SourceException> ended = Assert.ThrowsAsync<SourceException>(async () =>
        {
            await using HttpSource source = await HttpSource.OpenAsync(server.Address, new HttpSourceOptions { Clock = clock, Stall = TimeSpan.FromHours(9) }, Ct);
            await ReadAllAsync(source);
        });
        while (!ended.IsCompleted)
        {
            await Task.WhenAny(ended, Task.Delay(2, Ct));
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Contains("of them once more)", (await ended).Message, StringComparison.Ordinal);
        Assert.InRange(server.Requests, 2, 40);
        Assert.InRange(server.SentBytes, 0, 40 * 600_000);
    }

    [Fact]
    public async Task Another_bundle_of_the_same_length_behind_one_name_fails_at_its_hash()
    {
        byte[] other = [.. PayloadSourceConformance.Sample.Bundle];
        for (int at = 200_000; at < 900_000; at++)
        {
            other[at] ^= 0x55;
        }

        await using RawServer server = new(other.Length, r => RawServer.Part(r.Number == 1 ? PayloadSourceConformance.Sample.Bundle : other, r, $"ETag: \"{r.Number}\"\r\n"));
        await using HttpSource source = await HttpSource.OpenAsync(server.Address, Impatient, Ct);
        using BundleReader reader = await BundleReader.OpenUnverifiedAsync(source, Ct);
        BundlePayload payload = reader.Payloads[0];
        byte[] content = new byte[payload.Info.ChunkSize];
        bool allFit = true;

        try
        {
            reader.Expect(payload, 0, payload.ChunkCount);
            for (int chunk = 0; chunk < payload.ChunkCount && allFit; chunk++)
            {
                allFit = payload.Fits(chunk, content.AsSpan(0, await reader.ReadChunkAsync(payload, chunk, content, Ct)));
            }
        }
        catch (BundleException)
        {
            allFit = false;
        }

        Assert.False(allFit);
    }

    private static async Task<byte[]> ReadAllAsync(HttpSource source)
    {
        byte[] data = new byte[File.Length + 10];
        int done = 0;
        source.Expect(0, File.Length);
        while (await source.ReadAtAsync(done, data.AsMemory(done, Math.Min(16_384, data.Length - done)), Ct) is > 0 and var read)
        {
            done += read;
            if (done % 5 == 0)
            {
                // Further requests, as chunks that are not needed bring them.
                source.Expect(done, 100_000);
            }
        }

        return data[..done];
    }

    private static RawAnswer Total(RawRequest r, string total) => r.From > r.To
        ? new RawAnswer($"HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\nContent-Range: bytes */{File.Length}\r\n", default)
        : new RawAnswer($"HTTP/1.1 206 Partial Content\r\nContent-Length: {r.To - r.From + 1}\r\nContent-Range: bytes {r.From}-{r.To}/{total}\r\n", File.AsMemory(r.From, r.To - r.From + 1));

    private static RawAnswer Unplaced(RawRequest r) => new($"HTTP/1.1 206 Partial Content\r\nContent-Length: {r.To - r.From + 1}\r\n", File.AsMemory(r.From, r.To - r.From + 1));

    private static RawAnswer Replaced(RawRequest r, int length) => r.Number == 1
        ? RawServer.Part(File, r)
        : new RawAnswer($"HTTP/1.1 206 Partial Content\r\nContent-Length: 100\r\nContent-Range: bytes {r.From}-{r.From + 99}/{length}\r\n", new byte[100]);

    private static byte[] Chunked(RawRequest r)
    {
        using MemoryStream output = new();
        for (int at = r.From; at <= r.To; at += 40_000)
        {
            int count = Math.Min(40_000, r.To + 1 - at);
            output.Write(Encoding.ASCII.GetBytes($"{count:x}\r\n"));
            output.Write(File, at, count);
            output.Write("\r\n"u8);
        }

        output.Write("0\r\n\r\n"u8);
        return output.ToArray();
    }

    private static byte[] MakeFile(int length)
    {
        byte[] file = new byte[length];
        new Random(11).NextBytes(file);
        return file;
    }
}
