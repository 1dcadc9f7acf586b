using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Talos.Kubernetes.Ports;

/// <summary>What we ask of the running kubelet.</summary>
internal interface IKubeletApi
{
    /// <summary>Its pods as a PodList in JSON.</summary>
    /// <exception cref="HttpRequestException">It does not answer.</exception>
    Task<ReadOnlyMemory<byte>> PodsAsync(CancellationToken ct);
}

/// <summary>The kubelet's port on this node, with our client certificate.</summary>
internal sealed class KubeletApi(KubeletIdentity identity, string address = "https://127.0.0.1:10250") : IKubeletApi, IDisposable
{
    private const int MaxAnswer = 16 << 20;

    private HttpClient? _client;
    private X509Certificate2? _certificate;

    /// <inheritdoc/>
    public async Task<ReadOnlyMemory<byte>> PodsAsync(CancellationToken ct) => await Connection().GetByteArrayAsync($"{address}/pods", ct);

    /// <inheritdoc/>
    public void Dispose() => _client?.Dispose();

    private HttpClient Connection()
    {
        (X509Certificate2 client, X509Certificate2 authority) = identity.Client
            ?? throw new HttpRequestException("the kubelet has no certificates yet");
        if (_client is not null && ReferenceEquals(client, _certificate))
        {
            return _client;
        }

        _client?.Dispose();
        _certificate = client;
        SocketsHttpHandler handler = new()
        {
            UseProxy = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = [client],
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { authority },
                    RevocationMode = X509RevocationMode.NoCheck,
                    DisableCertificateDownloads = true,
                },
            },
        };
        _client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(10), MaxResponseContentBufferSize = MaxAnswer };
        return _client;
    }
}
