using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Talos.Fleet.Hub.Identity;
using Talos.Fleet.Hub.Orders;
using Talos.Fleet.Hub.Store;
using Talos.Fleet.Protocol;
using Talos.Fleet.Rollouts;

namespace Talos.Fleet.Hub.Tests;

/// <summary>The page of a whole hub, over HTTPS with client certificates.</summary>
public sealed class PageTests : IAsyncLifetime
{
    private static readonly string Bundle = new('a', 64);
    private readonly string _folder = Directory.CreateTempSubdirectory("hub-page-").FullName;
    private WebApplication _app = null!;
    private HubOptions _options = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _options = new HubOptions { Data = Path.Combine(_folder, "data"), Names = ["127.0.0.1"], Listen = IPAddress.Loopback, HttpsPort = FreePort(), MqttPort = FreePort() };
        _app = Hub.Build(_options, TimeProvider.System);
        await _app.StartAsync(Token);
        await _app.Services.GetRequiredService<FleetStore>().WriteAsync(
            s => s.Execute("INSERT INTO nodes (id, enrolled, board, version) VALUES ('edge-1', @t, 'rock-5b', 'v1.0.0')", ("@t", TimeProvider.System.GetUtcNow())), Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Who_shows_no_certificate_is_told_how_to_get_one_and_sees_nothing()
    {
        using HttpClient stranger = Client(null);

        using HttpResponseMessage answer = await stranger.GetAsync(new Uri("/", UriKind.Relative), Token);
        string page = await answer.Content.ReadAsStringAsync(Token);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("openssl pkcs12 -export", page, StringComparison.Ordinal);
        Assert.DoesNotContain("edge-1", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/", HttpStatusCode.OK, "edge-1")]
    [InlineData("/?board=rock-5b&presence=online", HttpStatusCode.OK, "No node fits")]
    [InlineData("/?presence=gone", HttpStatusCode.BadRequest, "is none of online, offline, lost")]
    [InlineData("/nodes/edge-1", HttpStatusCode.OK, "None yet; the node sends them")]
    [InlineData("/nodes/edge-2", HttpStatusCode.NotFound, "node edge-2: is not here")]
    [InlineData("/rollouts", HttpStatusCode.OK, "There is none yet")]
    [InlineData("/rollouts/r-1", HttpStatusCode.NotFound, "rollout r-1: is not here")]
    [InlineData("/page/style.css", HttpStatusCode.OK, "prefers-color-scheme")]
    public async Task Pages_come_with_rules_for_the_browser(string path, HttpStatusCode status, string text)
    {
        using HttpClient viewer = Client(FleetRole.Viewer);

        using HttpResponseMessage answer = await viewer.GetAsync(new Uri(path, UriKind.Relative), Token);

        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(text, await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.StartsWith("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Fact]
    public async Task A_rollout_is_stopped_by_its_button_and_not_by_the_form_of_another_site()
    {
        string id = await RolloutAsync();
        using HttpClient person = Client(FleetRole.Operator);
        string page = await person.GetStringAsync(new Uri($"/rollouts/{id}", UriKind.Relative), Token);
        string token = Regex.Match(page, "name=\"form-token\" value=\"([^\"]+)\"").Groups[1].Value;

        using HttpResponseMessage without = await SendAsync(person, id, "", null);
        using HttpResponseMessage foreign = await SendAsync(person, id, token, "cross-site");
        Assert.Equal(HttpStatusCode.Forbidden, without.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        Assert.False((await _app.Services.GetRequiredService<RolloutService>().FindAsync(id, Token))!.Head.IsOver);

        using HttpResponseMessage done = await SendAsync(person, id, token, "same-origin");
        Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
        Assert.Equal(RolloutPhase.Aborted, (await _app.Services.GetRequiredService<RolloutService>().FindAsync(id, Token))!.Head.Phase);
        Assert.Contains("aborted", await person.GetStringAsync(done.Headers.Location, Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_viewer_steers_nothing()
    {
        string id = await RolloutAsync();
        using HttpClient viewer = Client(FleetRole.Viewer);

        using HttpResponseMessage answer = await SendAsync(viewer, id, "", "same-origin");

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("this takes operator", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FleetRole.Operator, "reboot", HttpStatusCode.Redirect)]
    [InlineData(FleetRole.Operator, "patch", HttpStatusCode.Forbidden)]
    [InlineData(FleetRole.Admin, "patch", HttpStatusCode.Redirect)]
    [InlineData(FleetRole.Operator, "format", HttpStatusCode.BadRequest)]
    [InlineData(FleetRole.Viewer, "reboot", HttpStatusCode.Forbidden)]
    public async Task A_command_is_given_by_its_form_and_its_result_is_on_the_page(FleetRole role, string kind, HttpStatusCode status)
    {
        using HttpClient person = Client(role);
        string token = Regex.Match(await person.GetStringAsync(new Uri("/nodes/edge-1", UriKind.Relative), Token), "name=\"form-token\" value=\"([^\"]+)\"").Groups[1].Value;

        using FormUrlEncodedContent form = new([KeyValuePair.Create("form-token", token), KeyValuePair.Create("kind", kind), KeyValuePair.Create("patch", "machine: {}")]);
        using HttpResponseMessage answer = await person.PostAsync(new Uri("/nodes/edge-1/commands", UriKind.Relative), form, Token);
        string page = await person.GetStringAsync(new Uri("/nodes/edge-1", UriKind.Relative), Token);

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(status is HttpStatusCode.Redirect, page.Contains("data-name=\"Asked by\">anna<", StringComparison.Ordinal));
    }

    private async Task<string> RolloutAsync() =>
        (await _app.Services.GetRequiredService<RolloutService>().CreateAsync(new RolloutPlan { Name = "n", Version = "v2.0.0", BundleId = Bundle, Url = "https://elsewhere/b" }, new Rest.Caller("test", FleetRole.Operator), Token)).Id;

    private static async Task<HttpResponseMessage> SendAsync(HttpClient person, string rollout, string token, string? site)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, $"/rollouts/{rollout}/abort") { Content = new FormUrlEncodedContent([KeyValuePair.Create("form-token", token)]) };
        if (site is not null)
        {
            request.Headers.Add("Sec-Fetch-Site", site);
        }

        return await person.SendAsync(request, Token);
    }

    private HttpClient Client(FleetRole? role)
    {
        FleetAuthority authority = _app.Services.GetRequiredService<FleetAuthority>();
        HttpClientHandler handler = new()
        {
            AllowAutoRedirect = false,
            CheckCertificateRevocationList = false,
            ServerCertificateCustomValidationCallback = (_, certificate, _, _) => certificate!.Thumbprint == authority.Server.Thumbprint,
        };
        if (role is { } known)
        {
            string pem = authority.IssuePerson("anna", known, 1, TimeProvider.System.GetUtcNow());
            using X509Certificate2 read = X509Certificate2.CreateFromPem(pem, pem);
            handler.ClientCertificates.Add(X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), null));
        }

        return new HttpClient(handler) { BaseAddress = new Uri($"https://127.0.0.1:{_options.HttpsPort}") };
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
