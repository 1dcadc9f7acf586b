using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Talos.Cosi;
using Talos.Rpc.Errors;
using Talos.Rpc.Hosting;
using Talos.Rpc.ResourceState;
using Wire = Talos.Api.Cosi;

namespace Talos.Rpc.Tests.ResourceState;

/// <summary>The state service on a unix socket in a folder of its own, and a client of it.</summary>
public sealed class StateServerFixture : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("talos-state-").FullName;
    private WebApplication _server = null!;
    private GrpcChannel _channel = null!;

    internal InMemoryState State { get; } = new(TimeProvider.System);

    internal Wire.State.StateClient Client => new(_channel);

    internal static Grpc.Core.Metadata As(string role) => new() { { "talos-role", role } };

    public async ValueTask InitializeAsync()
    {
        string socket = Path.Combine(_folder, "state.sock");
        ResourceCatalog catalog = new(
            [Sample.Definition, Hidden.Definition],
            new Dictionary<string, SpecFormat> { [Sample.Definition.Type] = new() { Proto = _ => [1, 2, 3] } });
        _server = await UnixGrpcServer.StartAsync(
            socket,
            new ErrorMapping(),
            NullLoggerFactory.Instance,
            services => services.AddSingleton(new StateService(State, catalog)),
            app => app.MapGrpcService<StateService>(),
            TestContext.Current.CancellationToken);
        _channel = Channels.Unix(socket);
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
