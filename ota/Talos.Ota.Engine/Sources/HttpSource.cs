using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Talos.Ota.Engine.Sources;

/// <summary>A bundle on a server, by HTTP or HTTPS.</summary>
/// <remarks>
/// Ranges that <see cref="Expect"/> announced are one request. A request that breaks off goes on where it stopped.
/// A server without ranges is read front to back; after a break its bytes are taken again from the start, and only a byte
/// behind the furthest so far is progress. Answers of several servers behind one name may differ in tag and date:
/// every chunk has its hash, so the length alone must be the same.
/// Not for two readers at once.
/// </remarks>
public sealed class HttpSource : IPayloadSource
{
    /// <summary>Bytes of the first request: header, manifest and chunk index of most bundles.</summary>
    private const int FirstRequest = 128 * 1024;

    /// <summary>Answers in a row that are no bundle, once there was one: a mirror that is behind or a refusal that passes.</summary>
    private const int MostRefusals = 8;

    /// <summary>Bytes that may be taken again from a server without ranges: so many times the bundle, and never less than this.</summary>
    private const int MostRepeats = 3;

    private const long FewestRepeatedBytes = 64 << 20;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly Uri _address;
    private readonly HttpSourceOptions _options;
    private readonly HttpClient _client;
    private readonly BandwidthLimit? _limit;
    private readonly byte[] _skipped = new byte[16 * 1024];
    private HttpResponse? _response;
    private KnownBundle? _known;
    private long _furthest;
    private long _new;
    private long _again;
    private (long Offset, long End) _expected = (0, FirstRequest);

    private HttpSource(Uri address, HttpSourceOptions options)
    {
        _address = address;
        _options = options;
        _client = HttpConnections.Create(options);
        _limit = options.BytesPerSecond is { } rate ? new BandwidthLimit(rate, options.Clock) : null;
        Name = address.GetComponents(UriComponents.AbsoluteUri & ~UriComponents.UserInfo, UriFormat.UriEscaped);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public long FetchedBytes { get; private set; }

    /// <summary>Requests sent so far.</summary>
    public int Requests { get; private set; }

    /// <inheritdoc/>
    public long? Length { get; private set; }

    /// <inheritdoc/>
    public bool IsForwardOnly { get; private set; }

    /// <summary>Sends the first request, which shows whether the server knows ranges.</summary>
    /// <exception cref="SourceException">The server does not have it, or did not answer for too long.</exception>
    public static async Task<HttpSource> OpenAsync(Uri address, HttpSourceOptions options, CancellationToken ct)
    {
        HttpSource source = new(address, options);
        try
        {
            await source.RetryAsync(0, static _ => ValueTask.FromResult(1), ct).ConfigureAwait(false);
            return source;
        }
        catch
        {
            await source.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<int> ReadAtAsync(long offset, Memory<byte> buffer, CancellationToken ct)
    {
        if (offset >= Length)
        {
            return 0;
        }

        return await RetryAsync(offset, response => ReadAsync(response, offset, buffer, ct), ct).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Expect(long offset, long length) => _expected = (offset, offset + length);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _response?.Dispose();
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Does something with a response that can be read at an offset; asks again until it is done or given up.</summary>
    private async ValueTask<int> RetryAsync(long offset, Func<HttpResponse, ValueTask<int>> use, CancellationToken ct)
    {
        TimeSpan pause = _options.FirstPause;
        long started = _options.Clock.GetTimestamp();
        long had = _new;
        int refusals = 0;
        while (true)
        {
            Exception problem;
            try
            {
                return await use(await AtAsync(offset, ct).ConfigureAwait(false)).ConfigureAwait(false);
            }
            catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !ct.IsCancellationRequested))
            {
                problem = e is OperationCanceledException ? new TimeoutException($"nothing came for {_options.Stall.TotalSeconds} s") : e;
                _response?.Dispose();
                _response = null;
            }

            if (offset >= Length)
            {
                // The server did not know the length before, and says now that there is no more.
                return 0;
            }

            refusals = problem is RefusedAnswerException ? refusals + 1 : 0;
            if (refusals > (_known is null ? 0 : MostRefusals))
            {
                throw new SourceException($"{Name}: {problem.Message}");
            }

            if (_new > had)
            {
                (started, had, pause) = (_options.Clock.GetTimestamp(), _new, _options.FirstPause);
            }

            if (_options.Clock.GetElapsedTime(started) + pause > _options.GiveUpAfter)
            {
                throw new SourceException($"{Name}: given up after {_options.GiveUpAfter.TotalSeconds} s without a byte at {offset}{Spent}", problem);
            }

            if (_again > Math.Max(FewestRepeatedBytes, MostRepeats * (Length ?? _furthest)))
            {
                throw new SourceException($"{Name}: given up at {offset}, because the server knows no ranges and breaks off again and again{Spent}", problem);
            }

            await Task.Delay(pause, _options.Clock, ct).ConfigureAwait(false);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>What a try has cost so far, for the message that ends it.</summary>
    private string Spent => $" ({Requests} requests, {FetchedBytes} bytes fetched, {_again} of them once more)";

    /// <summary>A response that holds an offset and has not passed it. What it has on the way there was asked for, and is read over.</summary>
    private async ValueTask<HttpResponse> AtAsync(long offset, CancellationToken ct)
    {
        if (_response is { } open && offset >= open.Position && offset < open.End)
        {
            return open;
        }

        if (IsForwardOnly && _response is { } passed && offset < passed.Position)
        {
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"the server knows no ranges, and {passed.Position} was reached");
        }

        _response?.Dispose();
        _response = null;
        return _response = await RequestAsync(offset, offset >= _expected.Offset && offset < _expected.End ? _expected.End : offset + FirstRequest, ct).ConfigureAwait(false);
    }

    private async Task<HttpResponse> RequestAsync(long offset, long end, CancellationToken ct)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, _address);
        if (HttpConnections.Credentials(_address) is { } user)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user.UserName}:{user.Password}")));
        }

        if (!IsForwardOnly)
        {
            request.Headers.Range = new RangeHeaderValue(offset, Math.Min(end, Length ?? end) - 1);
        }

        Requests++;
        HttpResponse response = await HttpResponse.SendAsync(_client, request, _options, ct).ConfigureAwait(false);
        try
        {
            Check(response, offset);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private void Check(HttpResponse response, long offset)
    {
        if (response.Status is HttpStatusCode.RequestedRangeNotSatisfiable && _known is { Length: null })
        {
            Length = response.Length ?? offset;
        }

        HttpAnswerRules.Check(response, _known, IsForwardOnly ? 0 : offset);
        Length ??= response.Length;
        _known ??= new KnownBundle(Length, response.MediaType);
        _known = _known with { Length = Length };
        IsForwardOnly |= response.Status is HttpStatusCode.OK;
    }

    private async ValueTask<int> ReadAsync(HttpResponse response, long offset, Memory<byte> buffer, CancellationToken ct)
    {
        while (response.Position < offset)
        {
            if (await TakeAsync(response, _skipped.AsMemory(0, (int)Math.Min(_skipped.Length, offset - response.Position)), isWanted: false, ct).ConfigureAwait(false) == 0)
            {
                return 0;
            }
        }

        return await TakeAsync(response, buffer, isWanted: true, ct).ConfigureAwait(false);
    }

    private async ValueTask<int> TakeAsync(HttpResponse response, Memory<byte> buffer, bool isWanted, CancellationToken ct)
    {
        int read = await response.ReadAsync(_limit is { } limit && buffer.Length > limit.ReadSize ? buffer[..limit.ReadSize] : buffer, ct).ConfigureAwait(false);
        FetchedBytes += read;
        if (read == 0 && buffer.Length > 0 && response.Position < Length)
        {
            throw new IOException($"the response ended at {response.Position}, the bundle has {Length} bytes");
        }

        Count(response.Position, read, isWanted);
        if (_limit is not null)
        {
            await _limit.AccountAsync(read, ct).ConfigureAwait(false);
        }

        return read;
    }

    /// <summary>Progress is what the reader wants, and without ranges what was not there before: bytes on the way back to a break are none.</summary>
    private void Count(long end, int read, bool isWanted)
    {
        int unseen = (int)Math.Clamp(end - _furthest, 0, read);
        _furthest = Math.Max(_furthest, end);
        _new += IsForwardOnly ? unseen : isWanted ? read : 0;
        _again += IsForwardOnly ? read - unseen : 0;
    }
}
