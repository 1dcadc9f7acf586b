using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Talos.Fleet.Hub.Tests;

/// <summary>Webhooks with a listener that really listens.</summary>
[Trait("Category", "Integration")]
public sealed class WebhookTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hub-hooks-").FullName;
    private readonly ConcurrentQueue<(string Path, string Signature, string Body)> _posts = new();
    private readonly WebApplication _listener;
    private Func<string, int, int> _answer = (_, _) => 200;

    public WebhookTests()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        _listener = builder.Build();
        _listener.Run(async http =>
        {
            using StreamReader body = new(http.Request.Body);
            string path = http.Request.Path;
            _posts.Enqueue((path, http.Request.Headers["Talos-Signature"].ToString(), await body.ReadToEndAsync(http.RequestAborted)));
            http.Response.StatusCode = _answer(path, _posts.Count(p => p.Path == path));
            if (http.Response.StatusCode == 999)
            {
                http.Abort();
            }
        });
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _listener.StartAsync(Token);

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_message_is_signed_and_comes_after_errors_and_broken_connections_as_the_same_bytes()
    {
        _answer = (_, attempt) => attempt switch { 1 => 500, 2 => 999, _ => 204 };

        await RunAsync(["/hook"], hooks => hooks.Send("rollout", "r-1", "Stopped: 5 nodes failed"), () => _posts.Count == 3);

        string key = (await File.ReadAllTextAsync(Path.Combine(_folder, "webhook.key"), Token)).Trim();
        Assert.Equal(64, key.Length);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder, "webhook.key")));
        Assert.Single(_posts.Select(p => p.Body).Distinct());
        Assert.All(_posts, p => Assert.Equal($"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.ASCII.GetBytes(key), Encoding.UTF8.GetBytes(p.Body)))}", p.Signature));
        JsonNode body = JsonNode.Parse(_posts.First().Body)!;
        Assert.Equal(("rollout", "r-1", "Stopped: 5 nodes failed", "hub-1"), ((string)body["kind"]!, (string)body["subject"]!, (string)body["text"]!, (string)body["hub"]!));
    }

    [Fact]
    public async Task A_message_is_given_up_after_five_attempts_and_the_next_one_comes()
    {
        _answer = (_, attempt) => attempt <= 5 ? 503 : 200;

        await RunAsync(["/hook"], hooks =>
        {
            hooks.Send("rollout", "first", "x");
            hooks.Send("rollout", "second", "x");
        }, () => _posts.Count == 6);

        Assert.Equal(["first", "first", "first", "first", "first", "second"], _posts.Select(p => (string)JsonNode.Parse(p.Body)!["subject"]!));
    }

    [Fact]
    public async Task A_listener_that_does_not_answer_holds_up_no_other()
    {
        using ManualResetEventSlim held = new();
        _answer = (path, _) =>
        {
            if (path == "/slow")
            {
                held.Wait(TimeSpan.FromSeconds(20));
            }

            return 200;
        };

        await RunAsync(["/slow", "/quick"], hooks =>
        {
            hooks.Send("rollout", "first", "x");
            hooks.Send("rollout", "second", "x");
        }, () => _posts.Count(p => p.Path == "/quick") == 2);

        Assert.Single(_posts, p => p.Path == "/slow");
        held.Set();
    }

    [Fact]
    public void A_listener_that_is_no_URL_is_refused_at_the_start()
    {
        IConfiguration settings = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("webhooks", (string?)"https://good/x,hooks.example")]).Build();

        Assert.Equal("--webhooks: hooks.example is no http or https URL", Assert.Throws<HubSetupException>(() => HubOptions.From(settings)).Message);
    }

    private async Task RunAsync(string[] paths, Action<Webhooks> send, Func<bool> until)
    {
        HubOptions options = new() { Data = _folder, Webhooks = [.. paths.Select(p => _listener.Urls.First() + p)] };
        using Webhooks hooks = new(options, new HastyTime(), NullLogger<Webhooks>.Instance);
        await hooks.StartAsync(Token);
        send(hooks);
        await RunningHub.UntilAsync(() => Task.FromResult(until()));
        await hooks.StopAsync(Token);
    }

    /// <summary>A clock whose pauses take no time.</summary>
    private sealed class HastyTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : TimeSpan.Zero, period);
    }
}
