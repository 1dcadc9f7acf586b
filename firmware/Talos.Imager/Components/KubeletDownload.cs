using System.Net;
using System.Security.Cryptography;

namespace Talos.Imager.Components;

/// <summary>Fetches upstream's kubelet and checks it against the lock.</summary>
internal sealed class KubeletDownload(HttpClient http, Uri baseUri)
{
    private const int BufferSize = 1 << 16;

    /// <summary>Upstream's site; <c>TALOS_KUBERNETES_URL</c> names a mirror of it.</summary>
    public const string DefaultBase = "https://dl.k8s.io/";

    /// <summary>Where a version is downloaded from.</summary>
    public Uri UriOf(string version, string architecture) => new(baseUri, $"release/{version}/bin/linux/{architecture}/kubelet");

    /// <summary>Downloads into <paramref name="path"/>; the caller removes what an exception leaves there.</summary>
    /// <exception cref="ImagerException">Unreachable, absent, cut short, or with another checksum.</exception>
    public async Task DownloadAsync(string version, string architecture, string sha256, string path, CancellationToken ct)
    {
        Uri uri = UriOf(version, architecture);
        string actual = await RequestAsync(uri, response => SaveAsync(response, path, ct), ct);
        if (actual != sha256)
        {
            throw new ImagerException($"{uri}: SHA-256 is {actual}, components.lock has {sha256}");
        }

        File.SetUnixFileMode(path, Executable);
    }

    /// <summary>The checksum upstream publishes beside the file.</summary>
    public async Task<string> PublishedSha256Async(string version, string architecture, CancellationToken ct)
    {
        Uri uri = new(UriOf(version, architecture) + ".sha256");
        string text = await RequestAsync(uri, response => response.Content.ReadAsStringAsync(ct), ct);
        string value = text.Split(' ', '\n')[0];
        return value.Length == 64 && value.All(char.IsAsciiHexDigitLower)
            ? value
            : throw new ImagerException($"{uri}: no SHA-256 in the answer");
    }

    internal const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private async Task<string> RequestAsync(Uri uri, Func<HttpResponseMessage, Task<string>> read, CancellationToken ct)
    {
        try
        {
            using HttpResponseMessage response = await http.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead, ct);
            return response.StatusCode == HttpStatusCode.OK
                ? await read(response)
                : throw new ImagerException($"{uri}: HTTP status {(int)response.StatusCode} {response.ReasonPhrase}");
        }
        catch (HttpIOException e)
        {
            throw new ImagerException($"{uri}: the download ended early: {e.Message}", e);
        }
        catch (HttpRequestException e)
        {
            throw new ImagerException($"{uri}: {e.Message}", e);
        }
        catch (TaskCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new ImagerException($"{uri}: no answer within {http.Timeout.TotalSeconds:F0} s", e);
        }
    }

    private static async Task<string> SaveAsync(HttpResponseMessage response, string path, CancellationToken ct)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using Stream source = await response.Content.ReadAsStreamAsync(ct);
        await using FileStream target = File.Create(path);
        byte[] buffer = new byte[BufferSize];
        for (int count; (count = await source.ReadAsync(buffer, ct)) > 0;)
        {
            hash.AppendData(buffer, 0, count);
            await target.WriteAsync(buffer.AsMemory(0, count), ct);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
