using System.Net;

namespace Talos.Ota.Engine.Sources;

/// <summary>The body of one response, and where in the bundle it stands.</summary>
internal sealed class HttpResponse : IDisposable
{
    private readonly HttpResponseMessage _message;
    private readonly Stream _body;
    private readonly CancellationTokenSource _stalled;
    private readonly TimeSpan _stall;

    private HttpResponse(HttpResponseMessage message, Stream body, CancellationTokenSource stalled, TimeSpan stall)
    {
        _message = message;
        _body = body;
        _stalled = stalled;
        _stall = stall;
        Position = message.Content.Headers.ContentRange?.From ?? 0;
        End = message.Content.Headers.ContentRange?.To + 1 ?? message.Content.Headers.ContentLength ?? long.MaxValue;
        Length = message.Content.Headers.ContentRange is { } range ? range.Length : message.Content.Headers.ContentLength;
        MediaType = message.Content.Headers.ContentType?.MediaType ?? "";
        Encoding = string.Join(", ", message.Content.Headers.ContentEncoding);
        HasRange = message.Content.Headers.ContentRange?.From is not null;
    }

    public HttpStatusCode Status => _message.StatusCode;

    /// <summary>Offset of the next byte.</summary>
    public long Position { get; private set; }

    /// <summary>Offset behind the last byte; very large when that is not known.</summary>
    public long End { get; }

    /// <summary>Bytes of the whole bundle; null when the server does not say.</summary>
    public long? Length { get; }

    /// <summary>What the body is, as <c>text/html</c>; empty when the server does not say.</summary>
    public string MediaType { get; }

    /// <summary>How the body is packed, as <c>gzip</c>; empty when it is not.</summary>
    public string Encoding { get; }

    /// <summary>Whether the server says which bytes these are.</summary>
    public bool HasRange { get; }

    public static async Task<HttpResponse> SendAsync(HttpClient client, HttpRequestMessage request, HttpSourceOptions options, CancellationToken ct)
    {
        CancellationTokenSource stalled = new(options.Stall, options.Clock);
        HttpResponseMessage? message = null;
        try
        {
            using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, stalled.Token);
            message = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token).ConfigureAwait(false);
            HttpResponse response = new(message, await message.Content.ReadAsStreamAsync(both.Token).ConfigureAwait(false), stalled, options.Stall);
            stalled.CancelAfter(Timeout.InfiniteTimeSpan);
            return response;
        }
        catch
        {
            message?.Dispose();
            stalled.Dispose();
            throw;
        }
    }

    /// <summary>Reads what comes next; 0 at the end of the whole.</summary>
    /// <exception cref="IOException">It broke off before <see cref="End"/>.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken ct)
    {
        // A body that is longer than its Content-Range says is no longer at a place that is known.
        buffer = HasRange && End - Position < buffer.Length ? buffer[..(int)(End - Position)] : buffer;
        int read;
        using (ct.UnsafeRegister(static s => ((CancellationTokenSource)s!).Cancel(), _stalled))
        {
            _stalled.CancelAfter(_stall);
            read = await _body.ReadAsync(buffer, _stalled.Token).ConfigureAwait(false);
            _stalled.CancelAfter(Timeout.InfiniteTimeSpan);
        }

        Position += read;
        return read > 0 || End == long.MaxValue || Position >= End
            ? read
            : throw new IOException($"the response ended at {Position}, {End} was announced");
    }

    public void Dispose()
    {
        _body.Dispose();
        _message.Dispose();
        _stalled.Dispose();
    }
}
