using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace Talosctl.Tests;

/// <summary>A hub of set answers, over real HTTPS with client certificates.</summary>
internal sealed class FakeHub : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Dictionary<string, (int Status, string Body)> _answers = new(StringComparer.Ordinal);
    private readonly X509Certificate2 _ca;

    private FakeHub(string folder)
    {
        _ca = Make("CN=fleet CA", null, folder, "ca");
        X509Certificate2 server = Make("CN=127.0.0.1", _ca, folder, "server");
        Make("CN=operator-1, OU=operator", _ca, folder, "operator");
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.UseHttps(h =>
        {
            h.ServerCertificate = server;
            h.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            h.AllowAnyClientCertificate();
        })));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public string Url => _app.Urls.First();

    /// <summary>Method, path and body of all requests.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Whose certificate came last.</summary>
    public string? Caller { get; private set; }

    public static async Task<FakeHub> StartAsync(string folder)
    {
        FakeHub hub = new(folder);
        await hub._app.StartAsync(TestContext.Current.CancellationToken);
        return hub;
    }

    public void Given(string request, string body, int status = 200) => _answers[request] = (status, body);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _ca.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Caller = (await context.Connection.GetClientCertificateAsync())?.Subject;
        string request = $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}";
        using StreamReader body = new(context.Request.Body);
        Requests.Add($"{request} {await body.ReadToEndAsync(context.RequestAborted)}".TrimEnd());
        (int status, string text) = _answers.GetValueOrDefault(request, (404, """{"error":"no such thing"}"""));
        context.Response.StatusCode = status;
        await context.Response.WriteAsync(text, context.RequestAborted);
    }

    private static X509Certificate2 Make(string name, X509Certificate2? issuer, string folder, string file)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(issuer is null, false, 0, true));
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset from = TimeProvider.System.GetUtcNow().AddHours(-1);
        using X509Certificate2 made = issuer is null ? request.CreateSelfSigned(from, from.AddDays(2)) : request.Create(issuer, from, from.AddDays(1), RandomNumberGenerator.GetBytes(8));
        using X509Certificate2 whole = issuer is null ? X509CertificateLoader.LoadCertificate(made.RawData).CopyWithPrivateKey(key) : made.CopyWithPrivateKey(key);
        File.WriteAllText(Path.Combine(folder, $"{file}.pem"), $"{whole.ExportCertificatePem()}\n{(issuer is null ? "" : key.ExportPkcs8PrivateKeyPem())}\n");
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }
}
