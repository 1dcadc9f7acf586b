using System.Diagnostics;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace Talos.Fleet.Hub.Tests.Oidc;

/// <summary>The provider of <c>tests/oidc</c>: somebody else's code, on the loopback. Its keys are new with each start.</summary>
public sealed class OpenIdProvider : IAsyncLifetime
{
    private readonly string? _certificate;
    private readonly string? _key;
    private readonly bool _pushed;
    private Process? _process;

    public OpenIdProvider() : this(https: false)
    {
    }

    /// <param name="https">With a certificate of its own.</param>
    /// <param name="pushed">Whether it takes pushed authorization requests, so that a browser does not see what is asked for.</param>
    internal OpenIdProvider(bool https = false, bool pushed = false)
    {
        _pushed = pushed;
        if (https)
        {
            using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256);
            SubjectAlternativeNameBuilder names = new();
            names.AddDnsName("localhost");
            request.CertificateExtensions.Add(names.Build());
            using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            (_certificate, _key) = (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
        }
    }

    public int Port { get; } = RunningHub.FreePort();

    /// <summary>Port of the hub whose page may ask for sign-ins.</summary>
    public int HubPort { get; } = RunningHub.FreePort();

    public string Issuer => $"{(_key is null ? "http" : "https")}://localhost:{Port}";

    /// <summary>Its own certificate.</summary>
    public string Certificate => _certificate!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        string folder = Path.Combine(Root(), "tests", "oidc");
        Assert.True(Directory.Exists(Path.Combine(folder, "node_modules")), $"{folder}: run npm ci there, as scripts/test does");
        JsonObject options = new()
        {
            ["port"] = Port,
            ["redirects"] = new JsonArray($"https://localhost:{HubPort}/sign-in/callback"),
            ["key"] = _key,
            ["certificate"] = _certificate,
            ["pushed"] = _pushed,
        };
        _process = Process.Start(new ProcessStartInfo("node", ["--no-warnings", "provider.mjs", options.ToJsonString()])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        Assert.Equal("ready", await _process.StandardOutput.ReadLineAsync(CancellationToken.None));
    }

    public async Task StopAsync()
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            process.Dispose();
            _process = null;
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    /// <summary>The token that the provider gives a program of its own: <c>viewer-job</c>, <c>operator-job</c>, <c>admin-job</c>, <c>plain-job</c>.</summary>
    public async Task<string> TokenAsync(string job, string audience = "talos-hub")
    {
        using HttpClientHandler handler = new() { ServerCertificateCustomValidationCallback = (_, c, _, _) => c!.ExportCertificatePem() == _certificate };
        using HttpClient client = new(handler);
        using HttpRequestMessage request = new(HttpMethod.Post, $"{Issuer}/token")
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("grant_type", "client_credentials"), KeyValuePair.Create("resource", $"urn:talos:{audience}")]),
            Headers = { Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{job}:{job}"))) },
        };
        using HttpResponseMessage answer = await client.SendAsync(request, Token);
        string text = await answer.Content.ReadAsStringAsync(Token);
        return (string?)JsonNode.Parse(text)!["access_token"] ?? throw new InvalidOperationException(text);
    }

    /// <summary>A token that the provider would not give, signed with its key or with another one of the same name.</summary>
    public async Task<string> MintAsync(string claims, bool foreign = false, string header = "{}")
    {
        await _process!.StandardInput.WriteLineAsync($$"""mint {"claims":{{claims}},"header":{{header}},"foreign":{{(foreign ? "true" : "false")}}}""");
        return (await _process.StandardOutput.ReadLineAsync(Token))!;
    }

    /// <summary>The public key of its tokens.</summary>
    public async Task<RSA> PublicKeyAsync()
    {
        using HttpClient client = new();
        JsonNode key = JsonNode.Parse(await client.GetStringAsync(new Uri($"{Issuer}/jwks"), Token))!["keys"]![0]!;
        return RSA.Create(new RSAParameters { Modulus = System.Buffers.Text.Base64Url.DecodeFromChars((string)key["n"]!), Exponent = System.Buffers.Text.Base64Url.DecodeFromChars((string)key["e"]!) });
    }

    private static string Root()
    {
        DirectoryInfo at = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "Talos.sln")))
        {
            at = at.Parent!;
        }

        return at.FullName;
    }
}
