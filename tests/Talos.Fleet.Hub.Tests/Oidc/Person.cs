using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace Talos.Fleet.Hub.Tests.Oidc;

/// <summary>A person with a browser that keeps cookies, follows no redirect by itself and shows no certificate.</summary>
internal sealed class Person : IDisposable
{
    private readonly HttpClient _client;
    private readonly Uri _hub;

    public Person(RunningHub hub)
    {
        _hub = hub.Nobody.BaseAddress!;
        SslClientAuthenticationOptions tls = new()
        {
            CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { hub.Authority.Certificate }, RevocationMode = X509RevocationMode.NoCheck },
        };
        _client = new HttpClient(new SocketsHttpHandler { SslOptions = tls, AllowAutoRedirect = false, CookieContainer = Cookies });
    }

    public CookieContainer Cookies { get; } = new();

    /// <summary>The cookies that the hub gets.</summary>
    public string Kept => Cookies.GetCookieHeader(_hub);

    public bool IsSignedIn => Kept.Contains("__Host-session=", StringComparison.Ordinal);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async Task<(int Status, string Text, Uri? Location)> GetAsync(string path, string? site = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(_hub, path));
        return await SendAsync(request, site);
    }

    public async Task<(int Status, string Text, Uri? Location)> PostAsync(string path, string? site, params (string Name, string Value)[] fields)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(_hub, path)) { Content = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value))) };
        return await SendAsync(request, site);
    }

    /// <summary>The live stream of a page.</summary>
    public async Task<StreamReader> ListenAsync()
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(_hub, "/api/v1/stream")) { Headers = { { "Sec-Fetch-Site", "same-origin" } } };
        HttpResponseMessage answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        return new StreamReader(await answer.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(Token));
    }

    /// <summary>The hub's answer to a request for a sign-in: where the provider asks the person.</summary>
    public async Task<Uri> BeginAsync(string path = "/")
    {
        (int status, string text, Uri? provider) = await GetAsync($"/sign-in?return={Uri.EscapeDataString(path)}");
        Assert.True(status == 302 && provider is not null, $"{status} {text}");
        return provider;
    }

    /// <summary>Does what the provider asks for, up to the way back to the hub.</summary>
    public async Task<Uri> AgreeAsync(Uri at, string name)
    {
        for (int i = 0; i < 10; i++)
        {
            (int status, string text, Uri? next) = await GetAsync(at.AbsoluteUri);
            if (status == 200)
            {
                string prompt = Regex.Match(text, "name=\"prompt\" value=\"([a-z]+)\"").Groups[1].Value;
                (status, text, next) = await PostAsync(at.AbsoluteUri, null, ("prompt", prompt), ("login", name), ("password", "any"));
            }

            Assert.True(next is not null, $"{at}: {status} {text}");
            at = new Uri(at, next);
            if (at.AbsolutePath == "/sign-in/callback")
            {
                return at;
            }
        }

        throw new InvalidOperationException($"the provider does not come to an end: {at}");
    }

    /// <summary>Signs in, and comes to the page that was asked for.</summary>
    public async Task<(int Status, string Text, Uri? Location)> SignInAsync(string name, string path = "/")
    {
        (int status, string text, Uri? back) = await GetAsync((await AgreeAsync(await BeginAsync(path), name)).AbsoluteUri);
        return status == 302 ? await GetAsync(new Uri(_hub, back!).AbsoluteUri) : (status, text, back);
    }

    public void Dispose() => _client.Dispose();

    private async Task<(int Status, string Text, Uri? Location)> SendAsync(HttpRequestMessage request, string? site)
    {
        if (site is not null)
        {
            request.Headers.Add("Sec-Fetch-Site", site);
        }

        using HttpResponseMessage answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        string text = answer.Content.Headers.ContentType?.MediaType == "text/event-stream" ? "stream" : await answer.Content.ReadAsStringAsync(Token);
        return ((int)answer.StatusCode, text, answer.Headers.Location);
    }
}
