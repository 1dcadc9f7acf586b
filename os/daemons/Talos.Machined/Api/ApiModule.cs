using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Talos.Cosi;
using Talos.Rpc.Authorization;
using Talos.Rpc.ResourceState;

namespace Talos.Machined.Api;

/// <summary>The services of the API, registered by name.</summary>
internal static class ApiModule
{
    /// <summary>Adds the services.</summary>
    public static void Add(IServiceCollection services, ApiContext api)
    {
        services.AddSingleton<IAdmissionSource>(api.Config);
        services.AddSingleton(new MachineApi(api));
        services.AddSingleton(new ImageApi(api.Containers, api.Updates.Upgrader));
        services.AddSingleton(new LifecycleApi(api.Updates.Upgrader));
        services.AddSingleton(new UpdateApi(api.Updates.Engine, api.Updates.Boot, api.Updates.Upgrader, api.Config, api.Updates.Restart));
        services.AddSingleton(new InspectApi(api.Node.Controllers));
        services.AddSingleton(new HealthApi(api.Node.State, api.Node.Time));
        services.AddSingleton(new StateService(api.Node.State, Catalog(api.Node.Controllers)));
    }

    /// <summary>Maps the services.</summary>
    public static void Map(WebApplication app)
    {
        app.MapGrpcService<MachineApi>();
        app.MapGrpcService<ImageApi>();
        app.MapGrpcService<LifecycleApi>();
        app.MapGrpcService<UpdateApi>();
        app.MapGrpcService<InspectApi>();
        app.MapGrpcService<HealthApi>();
        app.MapGrpcService<StateService>();
    }

    // The network's layers lie in a namespace of their own under the same types.
    private static ResourceCatalog Catalog(ControllerRuntime controllers) =>
        new(controllers.Definitions, SpecFormats.All, Talos.Resources.Network.NetworkNamespace.Config);
}
