using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Talos.Fleet.Api;
using Talos.Fleet.Protocol;
using Talos.Ota.Bundle;
using Talos.Pki;

namespace Talos.Fleet.Hub.Tests;

/// <summary>Bundles brought to a whole hub and fetched from it, and support bundles the other way round.</summary>
[Trait("Category", "Integration")]
public sealed class BundleTests : IAsyncLifetime
{
    internal static readonly byte[] Bundle = Make();
    private RunningHub _hub = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _hub = await RunningHub.StartAsync();

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task A_signed_bundle_is_taken_and_comes_back_as_it_was()
    {
        BundleRecord made = await UploadedAsync();
        byte[] back = await _hub.Nobody.GetByteArrayAsync(new Uri(made.Url), Token);
        using HttpResponseMessage again = await UploadAsync(Bundle);

        Assert.Equal(("v1.2.0", "board-a"), (made.Version, Assert.Single(made.Boards)));
        Assert.Equal(Bundle, back);
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        Assert.Single((await _hub.GetAsync("/api/v1/bundles", HubJson.Default.PageBundleRecord)).Items);
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.5)]
    [InlineData(0.99)]
    public async Task A_bundle_that_was_tampered_with_is_refused_and_nothing_of_it_is_kept(double where)
    {
        byte[] spoiled = [.. Bundle];
        spoiled[(int)(spoiled.Length * where)] ^= 1;

        using HttpResponseMessage answer = await UploadAsync(spoiled);
        using HttpResponseMessage cut = await UploadAsync(Bundle[..^10]);
        using HttpResponseMessage longer = await UploadAsync([.. Bundle, 0]);

        Assert.All(new[] { answer, cut, longer }, a => Assert.Equal(HttpStatusCode.BadRequest, a.StatusCode));
        Assert.StartsWith("{\"error\":\"bundle: ", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.Combine(_hub.Options.Data, "bundles")));
        Assert.Empty((await _hub.GetAsync("/api/v1/bundles", HubJson.Default.PageBundleRecord)).Items);
    }

    [Fact]
    public async Task Parts_of_a_bundle_are_fetched_by_ranges()
    {
        BundleRecord made = await UploadedAsync();
        int size = Bundle.Length;

        (HttpStatusCode code, byte[] bytes, ContentRangeHeaderValue? range) = await PartAsync(made, "bytes=100-199");
        Assert.Equal((HttpStatusCode.PartialContent, new ContentRangeHeaderValue(100, 199, size)), (code, range));
        Assert.Equal(Bundle[100..200], bytes);

        (code, bytes, range) = await PartAsync(made, $"bytes={size - 5}-");
        Assert.Equal((HttpStatusCode.PartialContent, new ContentRangeHeaderValue(size - 5, size - 1, size)), (code, range));
        Assert.Equal(Bundle[^5..], bytes);

        (code, bytes, _) = await PartAsync(made, "bytes=-7");
        Assert.Equal(HttpStatusCode.PartialContent, code);
        Assert.Equal(Bundle[^7..], bytes);

        (code, bytes, range) = await PartAsync(made, $"bytes={size}-");
        Assert.Equal((HttpStatusCode.RequestedRangeNotSatisfiable, new ContentRangeHeaderValue(size)), (code, range));
        Assert.Empty(bytes);

        (code, bytes, _) = await PartAsync(made, "bytes=0-9", $"\"{made.Id}\"");
        Assert.Equal(HttpStatusCode.PartialContent, code);
        Assert.Equal(Bundle[..10], bytes);

        (code, bytes, _) = await PartAsync(made, "bytes=0-9", $"\"{new string('0', 64)}\"");
        Assert.Equal(HttpStatusCode.OK, code);
        Assert.Equal(Bundle, bytes);
    }

    [Fact]
    public async Task A_node_puts_the_support_bundle_it_was_asked_for_and_no_other_does()
    {
        using HttpClient node = _hub.Client(await _hub.NodeAsync("n-1")), other = _hub.Client(await _hub.NodeAsync("n-2"));
        using HttpClient viewer = _hub.Client(_hub.Person(FleetRole.Viewer)), person = _hub.Client(_hub.Person(FleetRole.Operator));
        foreach (CommandRequest request in new CommandRequest[] { new() { Kind = CommandKind.SupportBundle, Id = "s-1" }, new() { Kind = CommandKind.Reboot, Id = "r-1" } })
        {
            using HttpResponseMessage asked = await _hub.Admin.PostAsync(At("/api/v1/nodes/n-1/commands"), JsonContent.Create(request, HubJson.Default.CommandRequest), Token);
            Assert.Equal(HttpStatusCode.Created, asked.StatusCode);
        }

        byte[] logs = new byte[3 << 20];
        new Random(1).NextBytes(logs);
        HttpStatusCode[] codes =
        [
            await PutAsync(other, "n-1/support/s-1", logs), await PutAsync(_hub.Nobody, "n-1/support/s-1", logs), await PutAsync(person, "n-1/support/s-1", logs),
            await PutAsync(node, "n-1/support/r-1", logs), await PutAsync(node, "n-1/support/s-2", logs), await PutAsync(node, "n-1/support/s-1", logs),
        ];

        Assert.Equal([403, 401, 401, 403, 403, 204], codes.Select(c => (int)c));
        Assert.Equal(logs, await person.GetByteArrayAsync(At("/api/v1/nodes/n-1/support/s-1"), Token));
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.GetAsync(At("/api/v1/nodes/n-1/support/s-1"), Token)).StatusCode);
        Assert.Equal("s-1", Path.GetFileName(Assert.Single(Directory.GetFiles(Path.Combine(_hub.Options.Data, "support"), "*", SearchOption.AllDirectories))));
    }

    private static Uri At(string path) => new(path, UriKind.Relative);

    private static async Task<HttpStatusCode> PutAsync(HttpClient client, string path, byte[] body)
    {
        // As the agent does: the refusal comes before the bytes are sent.
        using HttpRequestMessage request = new(HttpMethod.Put, At($"/api/v1/nodes/{path}")) { Content = new ByteArrayContent(body), Headers = { ExpectContinue = true } };
        using HttpResponseMessage answer = await client.SendAsync(request, Token);
        return answer.StatusCode;
    }

    private async Task<BundleRecord> UploadedAsync()
    {
        using HttpResponseMessage answer = await UploadAsync(Bundle);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync(HubJson.Default.BundleRecord, Token))!;
    }

    private Task<HttpResponseMessage> UploadAsync(byte[] bytes) => _hub.Admin.PostAsync(At("/api/v1/bundles"), new ByteArrayContent(bytes), Token);

    private async Task<(HttpStatusCode, byte[], ContentRangeHeaderValue?)> PartAsync(BundleRecord bundle, string range, string? ifRange = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, bundle.Url);
        request.Headers.Range = RangeHeaderValue.Parse(range);
        request.Headers.IfRange = ifRange is null ? null : new RangeConditionHeaderValue(ifRange);
        using HttpResponseMessage answer = await _hub.Nobody.SendAsync(request, Token);
        return (answer.StatusCode, await answer.Content.ReadAsByteArrayAsync(Token), answer.Content.Headers.ContentRange);
    }

    private static byte[] Make()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        CertificateAuthority authority = CertificateAuthority.Create(AuthorityOptions.Updates with { Algorithm = KeyAlgorithm.EcdsaP256 }, TimeProvider.System);
        CertificateAndKey pair = authority.IssueCodeSigner("release", KeyAlgorithm.EcdsaP256, TimeSpan.FromDays(30));
        BundleManifest manifest = new()
        {
            Version = SemanticVersion.Parse("v1.2.0"),
            Build = "test",
            Architecture = "arm64",
            Boards = ["board-a"],
            MinimumVersion = SemanticVersion.Parse("v1.0.0"),
            Floor = SemanticVersion.Parse("v1.1.0"),
            Issued = now,
            Expires = now.AddDays(20),
            Notes = "For tests.",
            Payloads = [],
        };
        byte[] content = new byte[200_000];
        new Random(2).NextBytes(content);
        using MemoryStream output = new(), scratch = new(), root = new(content), boot = new(content[..3000]);
        PayloadInput[] payloads = [new(BundlePart.Root, root) { RootHash = new string('a', 64) }, new(BundlePart.Boot, boot)];
        BundleWriter.WriteAsync(
            output, scratch, manifest, payloads, ReadOnlyMemory<byte>.Empty, [new BundleSigner(pair.CertificatePem, PrivateKey.FromPem(pair.KeyPem.Reveal()))],
            new BundleWriterOptions { ChunkSize = BundleLimits.MinimumChunkSize, Level = 3 }, CancellationToken.None).GetAwaiter().GetResult();
        return output.ToArray();
    }
}
