using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Talos.Machined.Api;
using Talos.Rpc.Errors;
using Talos.Rpc.Hosting;

namespace Talos.Machined.Node;

/// <summary>Serves the node's gRPC API on its unix socket, without TLS: only root can open the socket.</summary>
/// <param name="socketPath">The socket.</param>
/// <param name="loggers">Makes loggers.</param>
/// <param name="add">Adds the services and what they need.</param>
/// <param name="map">Maps the services.</param>
internal sealed class ApiHost(
    string socketPath, ILoggerFactory loggers, Action<IServiceCollection> add, Action<WebApplication> map) : IAsyncDisposable
{
    private readonly SemaphoreSlim _starting = new(1);
    private WebApplication? _app;

    /// <summary>Whether it serves.</summary>
    public bool Serves => _app is not null;

    /// <summary>Serves from here on; nothing happens when it does already.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        await _starting.WaitAsync(ct);
        try
        {
            _app ??= await UnixGrpcServer.StartAsync(socketPath, new ErrorMapping(NodeErrors.StatusOf), loggers, add, map, ct);
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
}
