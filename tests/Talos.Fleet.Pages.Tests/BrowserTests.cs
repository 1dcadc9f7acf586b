using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Talos.Fleet.Protocol;

namespace Talos.Fleet.Pages.Tests;

/// <summary>The pages in a real browser; needs chromium and chromedriver.</summary>
[Trait("Category", "Integration")]
public sealed class BrowserTests : IAsyncLifetime
{
    private const string Tab = "\uE004";
    private const string Enter = "\uE007";
    private readonly Channel<string> _messages = Channel.CreateUnbounded<string>();
    private readonly ConcurrentQueue<string> _posts = new();
    private readonly WebApplication _app;
    private string _version = "v1.4.2";

    public BrowserTests()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http1));
        _app = builder.Build();
        PageContext admin = Samples.As(FleetRole.Admin) with { SignedIn = true };
        Serve("/", () => HubPages.Overview(Samples.Fleet(version: _version), admin));
        Serve("/nodes/{id}", () => HubPages.Node(Samples.Detail(), admin));
        Serve("/rollouts", () => HubPages.AllRollouts(Samples.Rollouts(), admin));
        Serve("/rollouts/{id}", () => HubPages.Rollout(Samples.Rollout(), admin));
        Serve("/problem", () => HubPages.Problem(401, "this takes a client certificate of the fleet CA", null, HubPages.SignIn));
        _app.MapGet("/page/{name}", (string name) => PageAssets.Find(name) is { } file ? Results.Bytes(file.Bytes, file.ContentType) : Results.NotFound());
        _app.MapGet("/api/v1/stream", StreamAsync);
        _app.MapPost("/nodes/{id}/commands", async (string id, HttpContext http) =>
        {
            IFormCollection form = await http.Request.ReadFormAsync(http.RequestAborted);
            _posts.Enqueue($"{form["kind"]} {id} {form[RolloutForm.TokenField]}");
            return Results.Redirect($"/nodes/{id}#commands");
        });
        _app.MapPost("/rollouts/{id}/{verb}", async (string id, string verb, HttpContext http) =>
        {
            _posts.Enqueue($"{verb} {(await http.Request.ReadFormAsync(http.RequestAborted))[RolloutForm.TokenField]}");
            return Results.Redirect($"/rollouts/{id}");
        });
    }

    private string Url => _app.Urls.First();

    public async ValueTask InitializeAsync() => await _app.StartAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        _messages.Writer.TryComplete();
        await _app.DisposeAsync();
    }

    [Theory]
    [InlineData(1280, false)]
    [InlineData(380, false)]
    [InlineData(1280, true)]
    [InlineData(380, true)]
    public async Task Every_page_fits_its_window_and_the_browser_has_no_complaint(int width, bool dark)
    {
        await using Browser browser = await Browser.StartAsync(width, dark);
        foreach ((string name, string path) in new[] { ("fleet", "/"), ("node", "/nodes/edge-036"), ("rollouts", "/rollouts"), ("rollout", "/rollouts/r-1"), ("problem", "/problem") })
        {
            await browser.OpenAsync(Url + path);
            await browser.RunAsync("document.querySelectorAll('details').forEach(d => d.open = true)");
            await browser.PictureAsync($"{name}-{width}{(dark ? "-dark" : "")}");

            Assert.Equal("", (string?)await browser.RunAsync("""
                const w = document.documentElement.clientWidth;
                return Array.from(document.querySelectorAll('body *')).filter(e => !e.closest('.skip, thead') && e.getBoundingClientRect().right > w + 1).map(e => e.tagName + '.' + e.className).join(' ')
                """));
            Assert.Empty(await browser.ComplaintsAsync());
        }
    }

    [Fact]
    public async Task What_changes_is_on_the_page_without_loading_it_again()
    {
        await using Browser browser = await Browser.StartAsync(1280, dark: false);
        await browser.OpenAsync(Url + "/");
        await browser.UntilAsync("document.getElementById('live-status').textContent === 'live'");
        await browser.RunAsync("window.sameDocument = true; document.querySelector('input[name=search]').value = 'typed'; document.querySelector('#map a.cell').focus()");

        _version = "v9.9.9";
        await _messages.Writer.WriteAsync("event: node\ndata: {}\n\n", TestContext.Current.CancellationToken);

        await browser.UntilAsync("document.getElementById('list').textContent.includes('v9.9.9')");
        Assert.True((bool)await browser.RunAsync("return window.sameDocument && document.querySelector('input[name=search]').value === 'typed' && document.activeElement.matches('#map a.cell')"));
        Assert.Empty(await browser.ComplaintsAsync());
    }

    [Fact]
    public async Task A_rollout_is_stopped_with_the_keyboard_alone()
    {
        await using Browser browser = await Browser.StartAsync(1280, dark: false);
        await browser.OpenAsync(Url + "/rollouts/r-1");

        await browser.PressAsync(Tab);
        Assert.Equal("skip", (string?)await browser.RunAsync("return document.activeElement.className"));
        await TabToAsync(browser, "document.activeElement.matches('#stop > summary')");
        await browser.PressAsync(Enter);
        await TabToAsync(browser, "document.activeElement.id === 'do-abort'");
        await browser.PressAsync(Enter);

        await browser.UntilAsync("document.readyState === 'complete' && performance.getEntriesByType('navigation')[0].redirectCount >= 0 && !document.querySelector('#stop').open");
        Assert.Equal(["abort token-of-the-form"], _posts);
    }

    [Fact]
    public async Task A_node_is_restarted_by_its_button_once_it_is_confirmed()
    {
        await using Browser browser = await Browser.StartAsync(1280, dark: false);
        await browser.OpenAsync(Url + "/nodes/edge-036");

        bool shown = (bool)await browser.RunAsync("return document.getElementById('do-reboot').checkVisibility()");
        await browser.RunAsync("document.querySelector('#ask-reboot > summary').click(); document.getElementById('do-reboot').click()");

        await browser.UntilAsync("document.readyState === 'complete' && location.hash === '#commands'");
        Assert.False(shown);
        Assert.Equal(["reboot edge-036 token-of-the-form"], _posts);
    }

    private static async Task TabToAsync(Browser browser, string there)
    {
        for (int i = 0; i < 12 && !(bool)await browser.RunAsync($"return {there}"); i++)
        {
            await browser.PressAsync(Tab);
        }

        Assert.True((bool)await browser.RunAsync($"return {there}"), there);
    }

    private void Serve(string path, Func<string> page) => _app.MapGet(path, (HttpContext http) =>
    {
        http.Response.Headers.ContentSecurityPolicy = PageAssets.SecurityPolicy;
        return Results.Text(page(), "text/html; charset=utf-8");
    });

    private async Task StreamAsync(HttpContext http)
    {
        http.Response.ContentType = "text/event-stream";
        await http.Response.WriteAsync(": connected\n\n", http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
        try
        {
            await foreach (string message in _messages.Reader.ReadAllAsync(http.RequestAborted))
            {
                await http.Response.WriteAsync(message, http.RequestAborted);
                await http.Response.Body.FlushAsync(http.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            // The browser left.
        }
    }
}
