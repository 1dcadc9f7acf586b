using System.Net;
using System.Security.Cryptography;

namespace Talos.Imager.Components;

/// <summary>Fetches files of upstream projects and checks them against the lock.</summary>
internal sealed class UpstreamDownload(HttpClient http, TimeProvider time)
{
    /// <summary>How long a server may send nothing in the middle of a file.</summary>
    public static readonly TimeSpan StallLimit = TimeSpan.FromSeconds(60);

    private const int BufferSize = 1 << 16;

    /// <summary>Downloads into <paramref name="path"/>; the caller removes what an exception leaves there.</summary>
    /// <exception cref="UnavailableException">Unreachable, absent or cut short.</exception>
    /// <exception cref="ImagerException">The file has another checksum.</exception>
    public async Task DownloadAsync(Uri uri, Checksum expected, string path, CancellationToken ct)
    {
        Checksum actual = await SaveAsync(uri, expected.Algorithm, path, ct);
        if (actual != expected)
        {
            throw new ImagerException($"{uri}: {actual} was downloaded, components.lock has {expected.Hex}");
        }
    }

    /// <summary>Downloads into <paramref name="path"/> and says what came.</summary>
    /// <exception cref="UnavailableException">Unreachable, absent or cut short.</exception>
    public async Task<Checksum> SaveAsync(Uri uri, HashAlgorithmName algorithm, string path, CancellationToken ct)
    {
        using CancellationTokenSource stall = new(StallLimit, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(ct, stall.Token);
        try
        {
            using HttpResponseMessage response = await http.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return response.StatusCode == HttpStatusCode.OK
                ? new Checksum(algorithm, await SaveAsync(response, algorithm, path, stall, either.Token))
                : throw new UnavailableException($"{uri}: HTTP status {(int)response.StatusCode} {response.ReasonPhrase}");
        }
        catch (HttpIOException e)
        {
            throw new UnavailableException($"{uri}: the download ended early: {e.Message}", e);
        }
        catch (HttpRequestException e)
        {
            throw new UnavailableException($"{uri}: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new UnavailableException($"{uri}: nothing came for {StallLimit.TotalSeconds:F0} s", e);
        }
    }

    private static async Task<string> SaveAsync(
        HttpResponseMessage response, HashAlgorithmName algorithm, string path, CancellationTokenSource stall, CancellationToken ct)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(algorithm);
        await using Stream source = await response.Content.ReadAsStreamAsync(ct);
        await using FileStream target = File.Create(path);
        byte[] buffer = new byte[BufferSize];
        for (int count; (count = await source.ReadAsync(buffer, ct)) > 0;)
        {
            stall.CancelAfter(StallLimit);
            hash.AppendData(buffer, 0, count);
            await target.WriteAsync(buffer.AsMemory(0, count), ct);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
