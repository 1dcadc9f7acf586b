using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Talos.Pki;

namespace Talos.Ota.Engine.Sources;

/// <summary>Makes the HTTP client of a source: proxy, certificate authorities, credentials of the address.</summary>
internal static class HttpConnections
{
    private const int Redirections = 5;

    public static HttpClient Create(HttpSourceOptions options)
    {
        SocketsHttpHandler handler = new()
        {
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = options.Stall,
            MaxAutomaticRedirections = Redirections,
            UseCookies = false,
            // What a server still sends behind the range that was wanted is not waited for.
            MaxResponseDrainSize = 0,
        };
        // A server's certificate names addresses too; what is fetched is the bundle and nothing else.
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        if (options.Proxy is { } proxy)
        {
            handler.Proxy = new WebProxy(proxy) { Credentials = Credentials(proxy) };
        }

        if (options.AuthoritiesPem.Length > 0)
        {
            X509Certificate2Collection roots = [.. Certificates.ReadBundle(options.AuthoritiesPem)];
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => IsTrusted(certificate, chain, errors, roots);
        }

        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>User name and password of an address; null when it has none.</summary>
    public static NetworkCredential? Credentials(Uri address)
    {
        if (address.UserInfo.Length == 0)
        {
            return null;
        }

        string[] parts = address.UserInfo.Split(':', 2);
        return new NetworkCredential(Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "");
    }

    private static bool IsTrusted(X509Certificate? certificate, X509Chain? sent, SslPolicyErrors errors, X509Certificate2Collection roots)
    {
        if (errors is SslPolicyErrors.None)
        {
            return true;
        }

        if (errors is not SslPolicyErrors.RemoteCertificateChainErrors || certificate is not X509Certificate2 server)
        {
            return false;
        }

        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        foreach (X509ChainElement element in sent?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        return chain.Build(server);
    }
}
