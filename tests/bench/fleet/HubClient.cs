using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Serialization.Metadata;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Simulator;

/// <summary>The hub's REST interface with the administrator's certificate; waits while the hub is away.</summary>
internal sealed class HubClient : IDisposable
{
    private readonly HttpClient _admin;
    private readonly HttpClient _anyone;

    public HubClient(HubProcess hub)
    {
        Authority = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(hub.Data, "ca.pem"));
        string pem = File.ReadAllText(Path.Combine(hub.Data, "admin.pem"));
        using X509Certificate2 admin = X509Certificate2.CreateFromPem(pem, pem);
        _admin = Client(hub, X509CertificateLoader.LoadPkcs12(admin.Export(X509ContentType.Pkcs12), null));
        _anyone = Client(hub, null);
    }

    public X509Certificate2 Authority { get; }

    /// <summary>Waits until the hub answers.</summary>
    public async Task ReadyAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                using HttpResponseMessage response = await _anyone.GetAsync(new Uri("/healthz", UriKind.Relative), ct);
                if (response.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not there yet.
            }

            await Task.Delay(50, ct);
        }
    }

    public Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken ct) => RepeatAsync(() => _admin.GetAsync(new Uri(path, UriKind.Relative), ct), type, ct);

    public Task<TAnswer> PostAsync<T, TAnswer>(string path, T body, JsonTypeInfo<T> type, JsonTypeInfo<TAnswer> answer, CancellationToken ct) =>
        RepeatAsync(() => _admin.PostAsync(new Uri(path, UriKind.Relative), JsonContent.Create(body, type), ct), answer, ct);

    public Task<EnrollResponse> EnrollAsync(EnrollRequest request, CancellationToken ct) => RepeatAsync(
        () => _anyone.PostAsync(new Uri("/api/v1/enroll", UriKind.Relative), JsonContent.Create(request, FleetJson.Default.EnrollRequest), ct), FleetJson.Default.EnrollResponse, ct);

    public async Task<string> TextAsync(string path, CancellationToken ct) => await _admin.GetStringAsync(new Uri(path, UriKind.Relative), ct);

    /// <summary>Key and certificate of one node.</summary>
    public async Task<X509Certificate2> IdentityAsync(string node, string token, IReadOnlyDictionary<string, string> labels, string board, CancellationToken ct)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={node}", key, HashAlgorithmName.SHA256);
        EnrollResponse answer = await EnrollAsync(new EnrollRequest { Token = token, Csr = request.CreateSigningRequestPem(), Board = board, Version = "1.0.0", Labels = labels }, ct);
        using X509Certificate2 bare = X509Certificate2.CreateFromPem(answer.Certificate);
        return bare.CopyWithPrivateKey(key);
    }

    public void Dispose()
    {
        _admin.Dispose();
        _anyone.Dispose();
        Authority.Dispose();
    }

    private static async Task<T> RepeatAsync<T>(Func<Task<HttpResponseMessage>> send, JsonTypeInfo<T> type, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                using HttpResponseMessage response = await send();
                if (response.StatusCode < HttpStatusCode.InternalServerError)
                {
                    return response.IsSuccessStatusCode
                        ? (await response.Content.ReadFromJsonAsync(type, ct))!
                        : throw new InvalidOperationException($"{response.RequestMessage?.RequestUri}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(ct)}");
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                // The hub was killed: ask again.
            }

            await Task.Delay(100, ct);
        }
    }

    private HttpClient Client(HubProcess hub, X509Certificate2? certificate)
    {
        SslClientAuthenticationOptions tls = new()
        {
            CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { Authority }, RevocationMode = X509RevocationMode.NoCheck },
        };
        if (certificate is not null)
        {
            tls.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null);
        }

        return new HttpClient(new SocketsHttpHandler { SslOptions = tls, MaxConnectionsPerServer = 16 }) { BaseAddress = new Uri($"https://localhost:{hub.Https}"), Timeout = TimeSpan.FromSeconds(60) };
    }
}
