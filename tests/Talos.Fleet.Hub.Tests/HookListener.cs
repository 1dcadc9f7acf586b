using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Talos.Fleet.Hub.Tests;

/// <summary>Listens for webhooks on the loopback and keeps what comes.</summary>
internal sealed class HookListener : IAsyncDisposable
{
    /// <summary>An answer that is none: the connection breaks.</summary>
    public const int Broken = 999;

    private readonly WebApplication _app;

    public HookListener()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(async http =>
        {
            using StreamReader body = new(http.Request.Body);
            string path = http.Request.Path;
            Posts.Enqueue((path, http.Request.Headers["Talos-Signature"].ToString(), http.Request.Headers["Talos-Id"].ToString(), await body.ReadToEndAsync(http.RequestAborted)));
            Posted.Release();
            http.Response.StatusCode = Answer(path, Posts.Count(p => p.Path == path));
            http.Response.Headers.Location = http.Response.StatusCode == 302 ? "/elsewhere" : default(string);
            if (http.Response.StatusCode == Broken)
            {
                http.Abort();
            }
        });
    }

    public ConcurrentQueue<(string Path, string Signature, string Id, string Body)> Posts { get; } = new();

    public SemaphoreSlim Posted { get; } = new(0);

    public IEnumerable<string> Subjects => Posts.Select(p => (string)JsonNode.Parse(p.Body)!["subject"]!);

    /// <summary>The status for the path and the number of the attempt there.</summary>
    public Func<string, int, int> Answer { get; set; } = (_, _) => 200;

    public Task StartAsync() => _app.StartAsync(TestContext.Current.CancellationToken);

    public string Url(string path) => _app.Urls.First() + path;

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Posted.Dispose();
    }
}
