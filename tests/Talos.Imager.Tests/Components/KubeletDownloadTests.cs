using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Talos.Imager.Components;

namespace Talos.Imager.Tests.Components;

public sealed class KubeletDownloadTests : IDisposable
{
    private static readonly byte[] Binary = RandomNumberGenerator.GetBytes(200_000);

    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http = new();
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);

    public KubeletDownloadTests() => _server.Start();

    public void Dispose()
    {
        _server.Dispose();
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_file_with_the_pinned_checksum_is_kept_and_executable()
    {
        Task<string> request = AnswerAsync("200 OK", Binary, Binary.Length);

        await Download.DownloadAsync("v1.34.2", "arm64", Hash(Binary), Target, Ct);

        Assert.StartsWith("GET /release/v1.34.2/bin/linux/arm64/kubelet HTTP/1.1", await request, StringComparison.Ordinal);
        Assert.Equal(Binary, await File.ReadAllBytesAsync(Target, Ct));
        Assert.True(File.GetUnixFileMode(Target).HasFlag(UnixFileMode.OtherExecute));
    }

    [Fact]
    public async Task Another_checksum_is_refused()
    {
        _ = AnswerAsync("200 OK", Binary, Binary.Length);

        ImagerException e = await FailureAsync(Locks.Ones);

        Assert.EndsWith($": SHA-256 is {Hash(Binary)}, components.lock has {Locks.Ones}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_upstream_does_not_have_is_named()
    {
        _ = AnswerAsync("404 Not Found", [], 0);

        ImagerException e = await FailureAsync(Hash(Binary));

        Assert.EndsWith("/release/v1.34.2/bin/linux/arm64/kubelet: HTTP status 404 Not Found", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_download_that_is_cut_short_is_refused()
    {
        _ = AnswerAsync("200 OK", Binary[..100_000], Binary.Length);

        ImagerException e = await FailureAsync(Hash(Binary));

        Assert.Contains(": the download ended early: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named()
    {
        _server.Stop();

        ImagerException e = await FailureAsync(Hash(Binary), new Uri("http://127.0.0.1:9/"));

        Assert.StartsWith("http://127.0.0.1:9/release/v1.34.2/bin/linux/arm64/kubelet: Connection refused", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_published_checksum_is_read_from_beside_the_file()
    {
        Task<string> request = AnswerAsync("200 OK", Encoding.ASCII.GetBytes(Locks.Ones + "\n"), 65);

        string sha256 = await Download.PublishedSha256Async("v1.34.2", "amd64", Ct);

        Assert.Equal(Locks.Ones, sha256);
        Assert.Contains("/amd64/kubelet.sha256 ", await request, StringComparison.Ordinal);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Target => Path.Combine(_folder.Path, "kubelet");

    private KubeletDownload Download => new(_http, new Uri($"http://127.0.0.1:{((IPEndPoint)_server.LocalEndpoint).Port}/"));

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private Task<ImagerException> FailureAsync(string sha256, Uri? site = null)
    {
        KubeletDownload download = site is null ? Download : new KubeletDownload(_http, site);
        return Assert.ThrowsAsync<ImagerException>(() => download.DownloadAsync("v1.34.2", "arm64", sha256, Target, Ct));
    }

    // Answers one request and closes; returns the request's text.
    private async Task<string> AnswerAsync(string status, byte[] body, int length)
    {
        using TcpClient client = await _server.AcceptTcpClientAsync(Ct);
        NetworkStream stream = client.GetStream();
        byte[] buffer = new byte[4096];
        int count = await stream.ReadAsync(buffer, Ct);
        string head = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), Ct);
        await stream.WriteAsync(body, Ct);
        return Encoding.ASCII.GetString(buffer, 0, count);
    }
}
