using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Talos.Rpc.Authorization;
using Talos.Rpc.Errors;

namespace Talos.Rpc.Hosting;

/// <summary>A gRPC server on a unix socket that root alone can open; roles come in the metadata.</summary>
public static class UnixGrpcServer
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Starts the server.</summary>
    /// <param name="path">The socket; what lies there is replaced.</param>
    /// <param name="errors">How exceptions become statuses.</param>
    /// <param name="loggers">Makes the server's loggers.</param>
    /// <param name="services">Adds the gRPC services and what they need.</param>
    /// <param name="map">Maps the gRPC services.</param>
    /// <param name="ct">Cancels the start.</param>
    /// <returns>The running server; dispose it to stop it.</returns>
    public static async Task<WebApplication> StartAsync(
        string path, ErrorMapping errors, ILoggerFactory loggers, Action<IServiceCollection> services, Action<WebApplication> map, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(map);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, OwnerOnly);
        File.Delete(path);

        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            GrpcLimits.Apply(kestrel);
            kestrel.ListenUnixSocket(path, listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(errors);
        builder.Services.AddSingleton<ErrorInterceptor>();
        builder.Services.AddSingleton<CallGate>();
        builder.Services.AddSingleton(s => new RoleInterceptor(s.GetService<IAdmissionSource>()));
        builder.Services.AddGrpc(options => Configure(options));
        services(builder.Services);

        WebApplication app = builder.Build();
        app.UseRouting();
        map(app);
        await app.StartAsync(ct);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return app;
    }

    private static void Configure(GrpcServiceOptions options)
    {
        options.EnableDetailedErrors = false;
        options.MaxReceiveMessageSize = GrpcLimits.MaxMessageSize;
        options.MaxSendMessageSize = GrpcLimits.MaxMessageSize;
        options.Interceptors.Add<ErrorInterceptor>();
        options.Interceptors.Add<RoleInterceptor>();
        options.Interceptors.Add<CallGate>();
    }
}
