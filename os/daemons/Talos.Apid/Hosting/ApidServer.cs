using System.Net;
using System.Security.Cryptography.X509Certificates;
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
using Talos.Pki;
using Talos.Rpc.Connections;
using Talos.Rpc.Hosting;
using Talos.Rpc.Tls;

namespace Talos.Apid.Hosting;

/// <summary>The running daemon.</summary>
internal sealed class ApidServer : IAsyncDisposable
{
    /// <summary>A backstop: the gate in front of TLS ends connections long before.</summary>
    private const int MostConnections = 640;

    private static readonly ConnectionLimits Limits = new();

    /// <summary>A peer that went away without a word is found out by this.</summary>
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Streams never end by themselves: they are cut off after this.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(2);

    private readonly WebApplication _app;
    private readonly Backends _backends;
    private readonly OpenCalls _calls;

    private ApidServer(WebApplication app, Backends backends, OpenCalls calls, ConnectionGate gate)
    {
        _app = app;
        _backends = backends;
        _calls = calls;
        Gate = gate;
    }

    /// <summary>Who is connected.</summary>
    public ConnectionGate Gate { get; }

    /// <summary>Which calls are open.</summary>
    public OpenCalls Calls => _calls;

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
        ConnectionGate gate = new(Limits, time);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            GrpcLimits.Apply(kestrel);
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
            kestrel.Limits.Http2.KeepAlivePingDelay = PingDelay;
            kestrel.Limits.Http2.KeepAlivePingTimeout = PingTimeout;
            Listen(kestrel, options.Listen, gate, secrets);
        });

        WebApplication app = builder.Build();
        Backends backends = new(options.BackendPath, options.PeerPort);
        OpenCalls calls = new(() => secrets.Current, time);
        Gateway gateway = new(() => secrets.Current, calls, backends, time, app.Services.GetRequiredService<ILogger<Gateway>>());
        app.Run(gateway.HandleAsync);
        await app.StartAsync(ct);
        return new ApidServer(app, backends, calls, gate);
    }

    /// <summary>Waits until the daemon is asked to stop.</summary>
    public Task WaitAsync(CancellationToken ct) => _app.WaitForShutdownAsync(ct);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _calls.Dispose();
        _backends.Dispose();
    }

    private static bool IsPrivileged(X509Certificate2 certificate) =>
        Certificates.Organizations(certificate).Any(o => o == Role.Admin.Name || o == Role.Impersonator.Name);

    private static void Listen(KestrelServerOptions kestrel, IPEndPoint endpoint, ConnectionGate gate, SecretsFile<ApidSecrets, ApidIdentity> secrets)
    {
        // The options are asked for at each handshake: a new certificate needs no new listener.
        TlsHandshakeCallbackOptions tls = new()
        {
            HandshakeTimeout = Limits.Handshake,
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
            gate.Guard(listen);
            listen.UseHttps(tls);
            gate.Recognise(listen, IsPrivileged);
        }
    }
}
