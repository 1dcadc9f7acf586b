using Talos.Ota.Bundle;
using Talos.Ota.Engine.Sources;
using Talos.Pki;

namespace Talos.Ota.Engine.Tests.Sources;

[Trait("Category", "Integration")]
public sealed class HttpSourceTests : PayloadSourceConformance, IAsyncDisposable
{
    private static readonly HttpSourceOptions Impatient = new() { FirstPause = TimeSpan.FromMilliseconds(1), GiveUpAfter = TimeSpan.FromSeconds(30) };

    private readonly TestServer _server = new(Bundle);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Announced_chunks_are_one_request()
    {
        HttpSource source = (HttpSource)await OpenAsync();
        await using IPayloadSource _ = source;
        using BundleReader reader = await BundleReader.OpenUnverifiedAsync(source, Ct);
        BundlePayload payload = reader.Payloads[0];

        reader.Expect(payload, 0, payload.ChunkCount);
        for (int chunk = 0; chunk < payload.ChunkCount; chunk++)
        {
            await reader.ReadChunkAsync(payload, chunk, new byte[payload.Info.ChunkSize], Ct);
        }

        Assert.Equal(2, source.Requests);
        Assert.Equal(Bundle.Length, source.FetchedBytes);
    }

    [Fact]
    public async Task Gaps_between_announced_chunks_are_no_further_request()
    {
        HttpSource source = (HttpSource)await OpenAsync();
        await using IPayloadSource _ = source;
        source.Expect(200_000, 800_000);

        Assert.Equal(Bundle[200_000..200_100], await ReadAsync(source, 200_000, 100));
        Assert.Equal(Bundle[900_000..900_100], await ReadAsync(source, 900_000, 100));

        Assert.Equal(["/talos.bundle bytes=0-131071", "/talos.bundle bytes=200000-999999"], _server.Requests);
    }

    [Fact]
    public async Task A_server_that_stops_at_half_and_starts_again_gives_only_the_rest()
    {
        int half = Bundle.Length / 2;
        _server.DiesAt = half;
        await _server.StartAsync();
        await using HttpSource source = await HttpSource.OpenAsync(_server.Address, Impatient, Ct);
        source.Expect(0, Bundle.Length);

        Task<byte[]> reading = ReadAsync(source, 0, Bundle.Length);
        await _server.Died.Task;
        await _server.StopAsync();
        await _server.StartAsync();
        byte[] read = await reading;

        Assert.Equal(Bundle, read);
        Assert.Equal(Bundle.Length, source.FetchedBytes);
        string last = _server.Requests[^1];
        long resumed = long.Parse(last[(last.IndexOf('=', StringComparison.Ordinal) + 1)..last.IndexOf('-', StringComparison.Ordinal)], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(resumed, 1, half);
        Assert.Equal(half + (Bundle.Length - resumed), _server.SentBytes);
    }

    [Fact]
    public async Task Another_tag_of_the_same_length_is_another_mirror_and_no_other_bundle()
    {
        await using IPayloadSource source = await OpenAsync();
        await ReadAsync(source, 0, 1000);
        _server.Tag = "\"2\"";

        Assert.Equal(Bundle[600_000..601_000], await ReadAsync(source, 600_000, 1000));
    }

    [Fact]
    public async Task A_server_that_is_busy_is_asked_again()
    {
        _server.Refuses = (503, 3);

        await using IPayloadSource source = await OpenAsync();

        Assert.Equal(Bundle, await ReadAsync(source, 0, Bundle.Length));
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_said_at_once()
    {
        _server.Refuses = (404, 1);

        SourceException missing = await Assert.ThrowsAsync<SourceException>(OpenAsync);

        Assert.Contains("the server answered 404 NotFound", missing.Message, StringComparison.Ordinal);
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up()
    {
        await _server.StartAsync();
        Uri address = _server.Address;
        await _server.StopAsync();

        SourceException silent = await Assert.ThrowsAsync<SourceException>(
            () => HttpSource.OpenAsync(address, Impatient with { GiveUpAfter = TimeSpan.FromMilliseconds(50) }, Ct));

        Assert.Contains("given up after 0.05 s", silent.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_bandwidth_stays_below_its_limit()
    {
        await _server.StartAsync();
        long started = TimeProvider.System.GetTimestamp();
        await using HttpSource source = await HttpSource.OpenAsync(_server.Address, Impatient with { BytesPerSecond = 2_000_000 }, Ct);

        await ReadAsync(source, 0, Bundle.Length);

        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 0.9 * (Bundle.Length - 1_000_000) / 2_000_000, 60);
    }

    [Fact]
    public async Task A_proxy_is_asked_for_the_whole_address()
    {
        await _server.StartAsync();
        await using HttpSource source = await HttpSource.OpenAsync(
            new Uri("http://updates.example/talos.bundle"), Impatient with { Proxy = new Uri(_server.Address, "/") }, Ct);

        await ReadAsync(source, 0, 1000);

        Assert.StartsWith("http://updates.example/talos.bundle ", _server.Requests[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_own_authority_is_trusted_and_a_foreign_one_is_not()
    {
        var authority = CertificateAuthority.Create(AuthorityOptions.Os, TimeProvider.System);
        CertificateAndKey pair = authority.IssueServer(SubjectNames.Parse(["127.0.0.1"]), null, TimeSpan.FromDays(1));
        await using TestServer server = new(Bundle) { Certificate = pair.ToX509Certificate() };
        await server.StartAsync();

        await using HttpSource source = await HttpSource.OpenAsync(server.Address, Impatient with { AuthoritiesPem = authority.CertificatePem }, Ct);
        Assert.Equal(Bundle[..100], await ReadAsync(source, 0, 100));
        await Assert.ThrowsAsync<SourceException>(
            () => HttpSource.OpenAsync(server.Address, Impatient with { GiveUpAfter = TimeSpan.FromMilliseconds(1) }, Ct));
    }

    [Fact]
    public async Task A_password_is_sent_and_is_in_no_message()
    {
        await _server.StartAsync();
        await using HttpSource source = await HttpSource.OpenAsync(new UriBuilder(_server.Address) { UserName = "user", Password = "secret" }.Uri, Impatient, Ct);

        Assert.Equal(_server.Address.ToString(), source.Name);
        Assert.Equal("Basic dXNlcjpzZWNyZXQ=", _server.Authorization);
    }

    protected override async Task<IPayloadSource> OpenAsync()
    {
        await _server.StartAsync();
        return await HttpSource.OpenAsync(_server.Address, Impatient, Ct);
    }
}

[Trait("Category", "Integration")]
public sealed class HttpSourceWithoutRangesTests : PayloadSourceConformance, IAsyncDisposable
{
    private readonly TestServer _server = new(Bundle) { KnowsRanges = false };

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task After_a_break_the_bytes_are_taken_from_the_start_again()
    {
        _server.DiesAt = 500_000;
        await using IPayloadSource source = await OpenAsync();

        Assert.Equal(Bundle, await ReadAsync(source, 0, Bundle.Length));
        Assert.True(source.IsForwardOnly);
    }

    protected override async Task<IPayloadSource> OpenAsync()
    {
        await _server.StartAsync();
        return await HttpSource.OpenAsync(_server.Address, new HttpSourceOptions { FirstPause = TimeSpan.FromMilliseconds(1) }, Ct);
    }
}
