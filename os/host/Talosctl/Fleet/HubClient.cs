using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Talos.Fleet.Api;
using Talosctl.Cli;

namespace Talosctl.Fleet;

/// <summary>One message of the hub's live stream.</summary>
internal sealed record HubMessage(string Name, string Data);

/// <summary>Speaks the hub's REST interface.</summary>
internal sealed class HubClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(45);
    private readonly HttpClient _http;
    private readonly FleetTarget _target;
    private string? _refusedServer;

    public HubClient(FleetTarget target)
    {
        _target = target;
        X509Certificate2Collection? authorities = target.Authority is { } ca ? Load(ca, () => Authorities(ca)) : null;
        X509Certificate2? own = target.Certificate is { } file ? Load(file, () => X509Certificate2.CreateFromPemFile(file)) : null;
        SocketsHttpHandler handler = new() { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(10), PooledConnectionLifetime = TimeSpan.FromMinutes(10) };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, errors) => IsTrusted(certificate as X509Certificate2, errors, authorities);
        if (own is not null)
        {
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => own;
        }

        // How long an answer may take is said for each: a live stream has no end.
        _http = new HttpClient(handler) { BaseAddress = new Uri(target.Hub, "/api/v1/"), Timeout = Timeout.InfiniteTimeSpan };
        if (target.Token is { } token)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    /// <summary>Names and values as the hub has them; members a newer hub added are passed over.</summary>
    public static HubJson Json { get; } = new(new JsonSerializerOptions(HubJson.Default.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip });

    /// <summary>The hub's address.</summary>
    public Uri Hub => _target.Hub;

    public static T Read<T>(JsonNode tree, JsonTypeInfo<T> type)
    {
        try
        {
            return tree.Deserialize(type) ?? throw new TalosctlException("the hub's answer is null");
        }
        catch (JsonException e)
        {
            throw new TalosctlException($"the hub's answer is not understood: {e.Message} Is this talosctl older than the hub?");
        }
    }

    public Task<JsonObject> GetAsync(string path, CancellationToken ct) => SendAsync(HttpMethod.Get, path, null, ct);

    public Task<JsonObject> PostAsync<T>(string path, T value, JsonTypeInfo<T> type, CancellationToken ct) =>
        SendAsync(HttpMethod.Post, path, new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(value, type)) { Headers = { ContentType = new("application/json") } }, ct);

    public Task<JsonObject> PostAsync(string path, CancellationToken ct) => SendAsync(HttpMethod.Post, path, null, ct);

    public Task DeleteAsync(string path, CancellationToken ct) => SendAsync(HttpMethod.Delete, path, null, ct);

    /// <summary>All parts of a list as one.</summary>
    public async Task<JsonObject> ListAsync(string path, CancellationToken ct)
    {
        JsonArray items = [];
        string? after = null;
        do
        {
            string part = after is null ? path : $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}after={Uri.EscapeDataString(after)}";
            JsonObject page = await GetAsync(part, ct);
            JsonArray more = page["items"] as JsonArray ?? throw new TalosctlException($"{_target.Hub}: {path}: the answer has no items");
            string? next = (string?)page["next"];
            after = more.Count > 0 && next != after ? next : null;
            foreach (JsonNode? item in more.ToList())
            {
                more.Remove(item);
                items.Add(item);
            }
        }
        while (after is not null);
        return new JsonObject { ["items"] = items };
    }

    /// <summary>Sends a large body; there is no limit of time, the bar shows that it goes on.</summary>
    public Task<JsonObject> UploadAsync(string path, Stream body, CancellationToken ct) =>
        SendAsync(HttpMethod.Post, path, new StreamContent(body, 1 << 16) { Headers = { ContentType = new("application/octet-stream") } }, ct, Timeout.InfiniteTimeSpan);

    /// <summary>A text, such as the fleet's CA.</summary>
    public async Task<string> TextAsync(string path, CancellationToken ct)
    {
        using HttpResponseMessage answer = await AskAsync(new HttpRequestMessage(HttpMethod.Get, path), HttpCompletionOption.ResponseContentRead, Patience, ct);
        return await answer.Content.ReadAsStringAsync(ct);
    }

    /// <summary>Messages of the live stream until it breaks; the first one, <c>connected</c>, is ours and comes before any of the hub's.</summary>
    public async IAsyncEnumerable<HubMessage> StreamAsync(string path, [EnumeratorCancellation] CancellationToken ct)
    {
        using HttpResponseMessage answer = await AskAsync(new HttpRequestMessage(HttpMethod.Get, path), HttpCompletionOption.ResponseHeadersRead, Patience, ct);
        using StreamReader lines = new(await answer.Content.ReadAsStreamAsync(ct));
        yield return new HubMessage("connected", "");
        string name = "message";
        List<string> data = [];
        while (await LineAsync(lines, ct) is { } line)
        {
            if (line.Length == 0 && data.Count > 0)
            {
                yield return new HubMessage(name, string.Join('\n', data));
            }

            (name, data) = line.Length == 0 ? ("message", []) : line.StartsWith("event:", StringComparison.Ordinal) ? (line[6..].TrimStart(), data) : (name, data);
            if (line.StartsWith("data:", StringComparison.Ordinal))
            {
                data.Add(line[5..].TrimStart());
            }
        }
    }

    public void Dispose() => _http.Dispose();

    private static async Task<string?> LineAsync(StreamReader lines, CancellationToken ct)
    {
        using CancellationTokenSource silence = CancellationTokenSource.CreateLinkedTokenSource(ct);
        silence.CancelAfter(Silence);
        try
        {
            return await lines.ReadLineAsync(silence.Token);
        }
        catch (Exception e) when (e is IOException or HttpRequestException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return null;
        }
    }

    private async Task<JsonObject> SendAsync(HttpMethod method, string path, HttpContent? body, CancellationToken ct, TimeSpan? patience = null)
    {
        using HttpResponseMessage answer = await AskAsync(new HttpRequestMessage(method, path) { Content = body }, HttpCompletionOption.ResponseContentRead, patience ?? Patience, ct);
        byte[] text = await answer.Content.ReadAsByteArrayAsync(ct);
        try
        {
            return text.Length == 0 ? [] : JsonNode.Parse(text) as JsonObject ?? throw new JsonException("it is no object");
        }
        catch (JsonException e)
        {
            throw new TalosctlException($"{_target.Hub}: {method} {path}: the answer is no JSON: {e.Message} Is it the hub?");
        }
    }

    private async Task<HttpResponseMessage> AskAsync(HttpRequestMessage request, HttpCompletionOption until, TimeSpan patience, CancellationToken ct)
    {
        using CancellationTokenSource late = CancellationTokenSource.CreateLinkedTokenSource(ct);
        late.CancelAfter(patience);
        HttpResponseMessage answer;
        try
        {
            answer = await _http.SendAsync(request, until, late.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new TalosctlException($"{_target.Hub}: no answer within {patience.TotalSeconds:0} s");
        }
        catch (HttpRequestException e)
        {
            throw new TalosctlException($"{_target.Hub}: {Why(e)}");
        }

        return answer.IsSuccessStatusCode ? answer : throw await RefusalAsync(answer, request);
    }

    private async Task<TalosctlException> RefusalAsync(HttpResponseMessage answer, HttpRequestMessage request)
    {
        string text = await answer.Content.ReadAsStringAsync(CancellationToken.None);
        answer.Dispose();
        string reason;
        try
        {
            reason = (string?)JsonNode.Parse(text)?["error"] ?? "";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            reason = "";
        }

        return new TalosctlException(reason.Length > 0 ? reason : $"{_target.Hub}: {request.Method} {request.RequestUri?.AbsolutePath}: status {(int)answer.StatusCode}, without a reason: is it the hub?");
    }

    private string Why(HttpRequestException e)
    {
        Exception cause = e;
        while (cause.InnerException is { } inner)
        {
            cause = inner;
        }

        return (e.InnerException, cause) switch
        {
            (_, SocketException { SocketErrorCode: SocketError.ConnectionRefused }) => "connection refused: nothing listens there; is the hub up, and is it the right port?",
            (AuthenticationException, _) when _refusedServer is { } why => why,
            (_, AuthenticationException) => $"TLS handshake failed: {cause.Message}",
            _ => cause.Message,
        };
    }

    private bool IsTrusted(X509Certificate2? certificate, SslPolicyErrors errors, X509Certificate2Collection? authorities)
    {
        if (certificate is null)
        {
            _refusedServer = "the hub shows no certificate";
        }
        else if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            _refusedServer = $"the hub's certificate is for other names than {_target.Hub.Host}: start the hub with --names {_target.Hub.Host}, or use a name it has";
        }
        else if (authorities is null)
        {
            _refusedServer = errors is SslPolicyErrors.None ? null : "the hub's certificate is of no authority this machine trusts: name the fleet's with --hub-ca ca.pem";
        }
        else
        {
            using X509Chain chain = new();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            _refusedServer = chain.Build(certificate) ? null : $"the hub's certificate is not of the CA in {_target.Authority}: {string.Join(", ", chain.ChainStatus.Select(s => s.Status))}";
        }

        return _refusedServer is null;
    }

    private static X509Certificate2Collection Authorities(string file)
    {
        X509Certificate2Collection found = [];
        found.ImportFromPemFile(file);
        return found.Count > 0 ? found : throw new TalosctlException($"{file}: holds no certificate in PEM");
    }

    private static T Load<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new TalosctlException($"{file}: {e.Message}");
        }
    }
}
