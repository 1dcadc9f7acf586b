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
using Talos.Pki;
using Talos.Rpc.Connections;
using Talos.Rpc.Errors;
using Talos.Rpc.Hosting;
using Talos.Rpc.Tls;

namespace Talos.Trustd;

/// <summary>The running daemon.</summary>
internal sealed class TrustdServer : IAsyncDisposable
{
    private const int MaxRequestSize = 64 * 1024;

    /// <summary>Wrong tokens of one address that are answered at once.</summary>
    private const int Guesses = 5;

    /// <summary>A backstop: the gate in front of TLS ends connections long before.</summary>
    private const int MostConnections = 256;

    /// <summary>A node shows no certificate here: it has none yet. It asks once and leaves, so nobody needs to stay.</summary>
    private static readonly ConnectionLimits Limits = new() { Strangers = 128, StrangersOfPeer = 16, StrangerStay = TimeSpan.FromSeconds(30) };

    /// <summary>Streams never end by themselves: they are cut off after this.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Refill = TimeSpan.FromSeconds(1);

    private readonly WebApplication _app;

    private TrustdServer(WebApplication app) => _app = app;

    /// <summary>The port it listens on.</summary>
    public int Port => new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;

    /// <summary>Starts to listen.</summary>
    public static async Task<TrustdServer> StartAsync(
        IPEndPoint listen, string secretsPath, TimeProvider time, ILoggerProvider logging, CancellationToken ct, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.AddProvider(logging);
        SecretsFile<TrustdSecrets, TrustdIdentity> secrets = new(
            secretsPath, DaemonSecretsJson.Default.TrustdSecrets, s => new TrustdIdentity(s, ServerTls.Anonymous(TlsIdentity.FromPem(s.Certificate, s.Key))),
            logging.CreateLogger("Talos.Trustd.Secrets"));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        ConnectionGate gate = new(Limits, time);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            GrpcLimits.Apply(kestrel);
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
            if (listen.Address.Equals(IPAddress.IPv6Any))
            {
                kestrel.ListenAnyIP(listen.Port, Configure);
            }
            else
            {
                kestrel.Listen(listen, Configure);
            }
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(new ErrorMapping());
        builder.Services.AddSingleton<ErrorInterceptor>();
        builder.Services.AddGrpc(options =>
        {
            options.MaxReceiveMessageSize = MaxRequestSize;
            options.Interceptors.Add<ErrorInterceptor>();
        });
        builder.Services.AddSingleton(services => new CertificateApi(
            () => secrets.Current.Secrets, new GuessBudget(time, Guesses, Refill), new NameHolders(time, CertificateAuthority.NodeLifetime),
            new ControlPlaneAddresses(time, resolve ?? Dns.GetHostAddressesAsync), time, services.GetRequiredService<ILogger<CertificateApi>>()));

        WebApplication app = builder.Build();
        app.UseRouting();
        app.MapGrpcService<CertificateApi>();
        await app.StartAsync(ct);
        return new TrustdServer(app);

        void Configure(ListenOptions options)
        {
            options.Protocols = HttpProtocols.Http2;
            gate.Guard(options);
            options.UseHttps(new TlsHandshakeCallbackOptions
            {
                HandshakeTimeout = Limits.Handshake,
                OnConnection = _ => ValueTask.FromResult(secrets.Current.Tls),
            });
        }
    }

    /// <summary>Waits until the daemon is asked to stop.</summary>
    public Task WaitAsync(CancellationToken ct) => _app.WaitForShutdownAsync(ct);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
