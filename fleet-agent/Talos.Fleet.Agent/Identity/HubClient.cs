using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Talos.Fleet.Protocol;
using Talos.Pki;
using Talos.Rpc.Tls;

namespace Talos.Fleet.Agent;

/// <summary>The hub was not reached or refused; the message says which call and why.</summary>
internal sealed class HubException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The hub's HTTPS calls a node makes.</summary>
internal sealed class HubClient(Uri hub, string authoritiesPem, TimeProvider time)
{
    private const int MaxAnswer = 256 << 10;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>Asks for an identity.</summary>
    public Task<EnrollResponse> EnrollAsync(EnrollRequest request, CancellationToken ct) =>
        PostAsync("api/v1/enroll", request, FleetJson.Default.EnrollRequest, null, authoritiesPem, ct);

    /// <summary>Asks for the next identity.</summary>
    public Task<EnrollResponse> RenewAsync(RenewRequest request, NodeIdentity identity, CancellationToken ct) =>
        PostAsync("api/v1/renew", request, FleetJson.Default.RenewRequest, identity.Tls, authoritiesPem + "\n" + identity.File.Ca, ct);

    /// <summary>Puts a support bundle.</summary>
    public async Task PutAsync(Uri url, Stream content, NodeIdentity identity, CancellationToken ct)
    {
        using HttpClient http = Client(identity.Tls, authoritiesPem + "\n" + identity.File.Ca);
        http.Timeout = TimeSpan.FromMinutes(30);
        using StreamContent body = new(content);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/gzip");
        try
        {
            // A hub that refuses says so before the bytes are sent; otherwise its answer is lost in a broken connection.
            using HttpRequestMessage request = new(HttpMethod.Put, url) { Content = body, Headers = { ExpectContinue = true } };
            using HttpResponseMessage answer = await http.SendAsync(request, ct);
            if (!answer.IsSuccessStatusCode)
            {
                throw new HubException($"PUT {url}: {(int)answer.StatusCode} {answer.ReasonPhrase}");
            }
        }
        catch (HttpRequestException e)
        {
            throw new HubException($"PUT {url}: {Chain(e)}", e);
        }
    }

    private async Task<EnrollResponse> PostAsync<T>(string path, T request, JsonTypeInfo<T> type, TlsIdentity? identity, string authorities, CancellationToken ct)
    {
        Uri url = new(hub, path);
        try
        {
            using HttpClient http = Client(identity, authorities);
            using ByteArrayContent body = new(JsonSerializer.SerializeToUtf8Bytes(request, type));
            body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using HttpResponseMessage answer = await http.PostAsync(url, body, ct);
            byte[] bytes = await answer.Content.ReadAsByteArrayAsync(ct);
            if (!answer.IsSuccessStatusCode)
            {
                throw new HubException($"POST {url}: {(int)answer.StatusCode} {answer.ReasonPhrase}: {Reason(bytes)}");
            }

            Parsed<EnrollResponse> read = FleetMessages.ReadEnrollResponse(bytes);
            return read.IsGood ? read.Value : throw new HubException($"POST {url}: the answer is not understood: {read.Problem.Text}");
        }
        catch (Exception e) when (e is HttpRequestException or PkiException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            throw new HubException($"POST {url}: {Chain(e)}", e);
        }
    }

    private HttpClient Client(TlsIdentity? identity, string authorities)
    {
        IReadOnlyList<X509Certificate2> trusted = Certificates.ReadBundle(authorities);
        var tls = ClientTls.Trusting(identity, trusted, time);
        tls.ApplicationProtocols = null;
        return new HttpClient(new SocketsHttpHandler { SslOptions = tls, UseProxy = false, ConnectTimeout = Timeout })
        {
            Timeout = Timeout,
            MaxResponseContentBufferSize = MaxAnswer,
        };
    }

    private static string Reason(byte[] answer)
    {
        try
        {
            return JsonSerializer.Deserialize(answer, FleetJson.Default.HubError)?.Error ?? "no reason given";
        }
        catch (JsonException)
        {
            return "no reason given";
        }
    }

    private static string Chain(Exception e) => e.InnerException is { } inner && inner.Message != e.Message ? $"{e.Message}: {Chain(inner)}" : e.Message;
}
