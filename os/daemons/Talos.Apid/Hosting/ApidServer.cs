using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Talos.Apid.Proxy;
using Talos.Rpc.Hosting;
using Talos.Rpc.Tls;

namespace Talos.Apid.Hosting;

/// <summary>The running daemon.</summary>
internal sealed class ApidServer : IAsyncDisposable
{
    /// <summary>Handshakes take seconds on an emulated board.</summary>
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Streams never end by themselves: they are cut off after this.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(2);

    private readonly WebApplication _app;
    private readonly Backends _backends;

    private ApidServer(WebApplication app, Backends backends)
    {
        _app = app;
        _backends = backends;
    }

    /// <summary>The port it listens on.</summary>
    public int Port => new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;

    /// <summary>Starts to listen.</summary>
    public static async Task<ApidServer> StartAsync(ApidOptions options, TimeProvider time, ILoggerProvider logging, CancellationToken ct)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.AddProvider(logging);
        SecretsFile<ApidSecrets, ApidIdentity> secrets = new(
            options.SecretsPath, DaemonSecretsJson.Default.ApidSecrets, s => new ApidIdentity(s, time), logging.CreateLogger("Talos.Apid.Secrets"));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            GrpcLimits.Apply(kestrel);
            Listen(kestrel, options.Listen, secrets);
        });

        WebApplication app = builder.Build();
        Backends backends = new(options.BackendPath, options.PeerPort);
        Gateway gateway = new(() => secrets.Current, backends, time, app.Services.GetRequiredService<ILogger<Gateway>>());
        app.Run(gateway.HandleAsync);
        await app.StartAsync(ct);
        return new ApidServer(app, backends);
    }

    /// <summary>Waits until the daemon is asked to stop.</summary>
    public Task WaitAsync(CancellationToken ct) => _app.WaitForShutdownAsync(ct);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _backends.Dispose();
    }

    private static void Listen(KestrelServerOptions kestrel, IPEndPoint endpoint, SecretsFile<ApidSecrets, ApidIdentity> secrets)
    {
        // The options are asked for at each handshake: a new certificate needs no new listener.
        TlsHandshakeCallbackOptions tls = new()
        {
            HandshakeTimeout = HandshakeTimeout,
            OnConnection = _ => ValueTask.FromResult(secrets.Current.Server),
        };
        if (endpoint.Address.Equals(IPAddress.IPv6Any))
        {
            kestrel.ListenAnyIP(endpoint.Port, Configure);
        }
        else
        {
            kestrel.Listen(endpoint, Configure);
        }

        void Configure(ListenOptions listen)
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.UseHttps(tls);
        }
    }
}
