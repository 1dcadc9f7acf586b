using System.Security.Cryptography;
using Talos.Imager.Components;

namespace Talos.Imager.Tests.Components;

public sealed class UpstreamDownloadTests : IDisposable
{
    private static readonly byte[] Binary = RandomNumberGenerator.GetBytes(200_000);

    private readonly TemporaryFolder _folder = new();
    private readonly FileServer _server = new();
    private readonly HttpClient _http = new();

    public void Dispose()
    {
        _server.Dispose();
        _http.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("SHA256")]
    [InlineData("SHA512")]
    public async Task The_file_with_the_pinned_checksum_is_kept(string algorithm)
    {
        _server.Files["/a/b"] = Binary;

        await Download.DownloadAsync(_server.At("a/b"), Hash(Binary, algorithm), Target, Ct);

        Assert.Equal(Binary, await File.ReadAllBytesAsync(Target, Ct));
    }

    [Fact]
    public async Task Another_checksum_is_refused()
    {
        _server.Files["/b"] = Binary;
        Checksum other = Hash([1], "SHA512");

        ImagerException e = await Assert.ThrowsAsync<ImagerException>(() => Download.DownloadAsync(_server.At("b"), other, Target, Ct));

        Assert.Equal($"{_server.At("b")}: {Hash(Binary, "SHA512")} was downloaded, components.lock has {other.Hex}", e.Message);
    }

    [Fact]
    public async Task A_file_that_the_server_does_not_have_is_named() =>
        Assert.EndsWith("/absent: HTTP status 404 Not Found", (await UnavailableAsync(_server.At("absent"))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_download_that_is_cut_short_is_refused()
    {
        _server.Files["/b"] = Binary;
        _server.CutAt = 100_000;

        Assert.Contains(": the download ended early: ", (await UnavailableAsync(_server.At("b"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named() => Assert.StartsWith(
        "http://127.0.0.1:9/x: Connection refused", (await UnavailableAsync(new Uri("http://127.0.0.1:9/x"))).Message, StringComparison.Ordinal);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Target => Path.Combine(_folder.Path, "file");

    private UpstreamDownload Download => new(_http, TimeProvider.System);

    private static Checksum Hash(byte[] content, string algorithm) => Checksum.TryParse(Convert.ToHexStringLower(
        CryptographicOperations.HashData(new HashAlgorithmName(algorithm), content)))!;

    private Task<UnavailableException> UnavailableAsync(Uri uri) =>
        Assert.ThrowsAsync<UnavailableException>(() => Download.DownloadAsync(uri, Hash(Binary, "SHA512"), Target, Ct));
}
