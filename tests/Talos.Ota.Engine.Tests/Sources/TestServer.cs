using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;

namespace Talos.Ota.Engine.Tests.Sources;

/// <summary>A real HTTP server on this machine with one file, which can misbehave.</summary>
internal sealed class TestServer(byte[] file) : IAsyncDisposable
{
    private WebApplication? _app;
    private int _port;

    public bool KnowsRanges { get; init; } = true;

    public X509Certificate2? Certificate { get; init; }

    public string Tag { get; set; } = "\"1\"";

    /// <summary>Offset of the file at which the server stops as if killed; once.</summary>
    public long? DiesAt { get; set; }

    /// <summary>Answers with this status instead, so many times.</summary>
    public (int Status, int Times) Refuses { get; set; }

    public string? Authorization { get; private set; }

    public List<string> Requests { get; } = [];

    public long SentBytes { get; private set; }

    public TaskCompletionSource Died { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Uri Address => new($"{(Certificate is null ? "http" : "https")}://127.0.0.1:{_port}/talos.bundle");

    public async Task StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        if (Certificate is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, _port, l =>
        {
            if (Certificate is not null)
            {
                l.UseHttps(Certificate);
            }
        }));
        _app = builder.Build();
        _app.Run(ServeAsync);
        await _app.StartAsync();
        _port = new Uri(_app.Urls.First()).Port;
    }

    public async Task StopAsync()
    {
        await _app!.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        _app = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await StopAsync();
        }
    }

    private async Task ServeAsync(HttpContext context)
    {
        Authorization = context.Request.Headers.Authorization;
        string? range = context.Request.Headers.Range;
        Requests.Add(context.Features.Get<IHttpRequestFeature>()!.RawTarget + (range is null ? "" : $" {range}"));
        if (Refuses.Times > 0)
        {
            Refuses = (Refuses.Status, Refuses.Times - 1);
            context.Response.StatusCode = Refuses.Status;
            return;
        }

        long from = 0, to = file.Length - 1;
        if (KnowsRanges && range is not null && RangeHeaderValue.TryParse(range, out RangeHeaderValue? parsed))
        {
            from = parsed.Ranges.First().From!.Value;
            to = Math.Min(to, parsed.Ranges.First().To!.Value);
            context.Response.StatusCode = StatusCodes.Status206PartialContent;
            context.Response.Headers.ContentRange = $"bytes {from}-{to}/{file.Length}";
        }

        context.Response.Headers.ETag = Tag;
        context.Response.ContentLength = to - from + 1;
        for (long at = from; at <= to;)
        {
            if (at == DiesAt)
            {
                DiesAt = null;
                context.Abort();
                Died.SetResult();
                return;
            }

            int count = (int)Math.Min(10_000, (DiesAt is { } end && end > at ? Math.Min(to + 1, end) : to + 1) - at);

            // Counted before: the client may have the last bytes, and the test look at the count, before this goes on.
            SentBytes += count;
            await context.Response.Body.WriteAsync(file.AsMemory((int)at, count), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            at += count;
        }
    }
}
