using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Talos.Machined.Node;

/// <summary>Serves the node's gRPC API on its unix socket, without TLS: only root can open the socket.</summary>
/// <param name="socketPath">The socket.</param>
/// <param name="loggers">Makes loggers.</param>
/// <param name="add">Adds what the services need.</param>
/// <param name="map">Maps the services.</param>
internal sealed class ApiHost(
    string socketPath, ILoggerFactory loggers, Action<IServiceCollection> add, Action<WebApplication> map) : IAsyncDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly SemaphoreSlim _starting = new(1);
    private WebApplication? _app;

    /// <summary>Serves from here on; nothing happens when it does already.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        await _starting.WaitAsync(ct);
        try
        {
            if (_app is null)
            {
                WebApplication app = Build();
                await app.StartAsync(ct);
                File.SetUnixFileMode(socketPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
                _app = app;
            }
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_app is { } app)
        {
            await app.DisposeAsync();
        }

        _starting.Dispose();
    }

    private WebApplication Build()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(socketPath)!, OwnerOnly);
        File.Delete(socketPath);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenUnixSocket(socketPath, listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddRoutingCore();
        add(builder.Services);
        WebApplication app = builder.Build();
        map(app);
        return app;
    }
}
