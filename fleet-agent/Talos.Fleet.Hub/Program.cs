using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Talos.Fleet.Api;
using Talos.Fleet.Hub;
using Talos.Fleet.Hub.Connections;
using Talos.Fleet.Hub.Grpc;
using Talos.Fleet.Hub.Identity;
using Talos.Fleet.Hub.Interop;
using Talos.Fleet.Hub.Live;
using Talos.Fleet.Hub.Messaging;
using Talos.Fleet.Hub.Orders;
using Talos.Fleet.Hub.Pages;
using Talos.Fleet.Hub.Rest;
using Talos.Fleet.Hub.Store;
using Talos.Fleet.Protocol;

ConfigurationManager settings = new();
settings.AddEnvironmentVariables("TALOS_HUB_").AddCommandLine(args);
HubOptions options;
try
{
    options = HubOptions.From(settings);
}
catch (HubSetupException e)
{
    await Console.Error.WriteLineAsync($"talos-hub: {e.Message}");
    return 2;
}

await using WebApplication app = Hub.Build(options, TimeProvider.System);
FleetAuthority authority = app.Services.GetRequiredService<FleetAuthority>();
if (authority.NewAdmin is { } admin)
{
    await Console.Out.WriteLineAsync($"The administrator's certificate and key are in {admin}; keep it safe. The fleet CA is in {Path.Combine(options.Data, "ca.pem")}.");
}

await Console.Out.WriteLineAsync($"talos-hub: {options.PublicUrl}, nodes at {string.Join(' ', options.BrokersForNodes)}, data in {Path.GetFullPath(options.Data)}");
await app.RunAsync();
return 0;

namespace Talos.Fleet.Hub
{
    /// <summary>Puts a hub together.</summary>
    internal static class Hub
    {
        public static WebApplication Build(HubOptions options, TimeProvider time)
        {
            WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "talos-hub" });
            builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("Microsoft.Hosting", LogLevel.Warning).AddFilter("Grpc", LogLevel.Warning)
                // What goes wrong with a sign-in is a line of our own; that keys lie in the data folder as they are is known.
                .AddFilter("Microsoft.AspNetCore.Authentication", LogLevel.None).AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
            FleetAuthority authority = FleetAuthority.Open(options, time.GetUtcNow());
            FleetAuthority.Write(Path.Combine(options.Data, "mosquitto.acl"), AccessRule.MosquittoAcl(options.Hubs.Append(options.Name).Distinct(), options.Interop?.Filters ?? []));
            SqlDialect dialect = options.Postgres is { } postgres ? new SqlDialect.Postgres(postgres) : new SqlDialect.Sqlite(Path.Combine(options.Data, "hub.db"));
            DescriptorBudget budget = DescriptorBudget.Of(DescriptorBudget.Limit());
            Listen(builder, options, authority, new ConnectionGate(HttpsGate.Limits(options, budget)));
            builder.Services.AddSingleton(budget);
            Register(builder.Services, options, authority, dialect, time);
            WebApplication app = builder.Build();
            Wire(app, options);
            return app;
        }

        private static void Listen(WebApplicationBuilder builder, HubOptions options, FleetAuthority authority, ConnectionGate gate) => builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 1 << 20;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            kestrel.Listen(options.Listen, options.HttpsPort, listen =>
            {
                listen.Use(next => HttpsGate.Count(gate, next));
                listen.UseHttps(https =>
                {
                    https.ServerCertificate = authority.Server;
                    https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                    // Who may do what is asked a request: here a stranger's certificate is as good as none.
                    https.AllowAnyClientCertificate();
                    https.OnAuthenticate = (_, tls) => tls.CertificateChainPolicy = TlsPolicy.Trusting([authority.Certificate], TlsPolicy.ClientUse);
                });
            });
            if (options.BundlesHttpPort is { } port)
            {
                kestrel.Listen(options.Listen, port, listen => listen.Use(next => HttpsGate.Count(gate, next)));
            }
        });

        private static void Register(IServiceCollection services, HubOptions options, FleetAuthority authority, SqlDialect dialect, TimeProvider time)
        {
            services.AddSingleton(options).AddSingleton(authority).AddSingleton(authority.Signer).AddSingleton(dialect).AddSingleton(time);
            services.AddSingleton<FleetStore>().AddSingleton<Enrollment>().AddSingleton<Access>().AddSingleton<HubMetrics>().AddSingleton<Refusals>().AddSingleton<LiveFeed>();
            services.AddSingleton(new NodeQuotas(options.NodeQuota, time)).AddSingleton<DiskSpace>();
            if (options.Oidc is { } oidc)
            {
                services.AddSingleton(oidc).AddSingleton<OidcProvider>().AddSingleton<OidcTokens>();
                if (oidc.Client is not null)
                {
                    SignIn.Add(services, options, oidc);
                }
            }

            services.AddSingleton<OrderStore>().AddSingleton<RolloutStore>().AddSingleton<CommandService>().AddSingleton<TokenService>();
            services.AddSingleton<Leader>().AddHostedService(p => p.GetRequiredService<Leader>());
            services.AddSingleton<Ingest>().AddHostedService(p => p.GetRequiredService<Ingest>());
            if (options.Broker is null)
            {
                services.AddSingleton<EmbeddedBroker>().AddSingleton<IBroker>(p => p.GetRequiredService<EmbeddedBroker>()).AddHostedService(p => p.GetRequiredService<EmbeddedBroker>());
                services.AddSingleton<MissingNodes>().AddHostedService(p => p.GetRequiredService<MissingNodes>());
            }
            else
            {
                services.AddSingleton<ExternalBroker>().AddSingleton<IBroker>(p => p.GetRequiredService<ExternalBroker>()).AddHostedService(p => p.GetRequiredService<ExternalBroker>());
            }

            services.AddSingleton<OutboxSender>().AddHostedService(p => p.GetRequiredService<OutboxSender>());
            services.AddSingleton<Webhooks>().AddHostedService(p => p.GetRequiredService<Webhooks>());
            services.AddSingleton<RolloutService>().AddHostedService(p => p.GetRequiredService<RolloutService>());
            services.AddHostedService<Housekeeping>();
            InteropServices.Add(services, options);
            services.Configure<HostOptions>(h => h.ShutdownTimeout = TimeSpan.FromSeconds(10));
            services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
            services.ConfigureHttpJsonOptions(o =>
            {
                o.SerializerOptions.TypeInfoResolverChain.Insert(0, HubJson.Default);
                o.SerializerOptions.Converters.Add(new WireTimeConverter());
                o.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
                o.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
                o.SerializerOptions.RespectNullableAnnotations = true;
                o.SerializerOptions.RespectRequiredConstructorParameters = true;
                o.SerializerOptions.AllowDuplicateProperties = false;
                o.SerializerOptions.PropertyNameCaseInsensitive = false;
                o.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
                o.SerializerOptions.MaxDepth = 16;
            });
            services.AddOpenApi("v1");
            services.AddFleetGrpc();
        }

        private static void Wire(WebApplication app, HubOptions options)
        {
            Ingest ingest = app.Services.GetRequiredService<Ingest>();
            ingest.WakeRollouts = app.Services.GetRequiredService<RolloutService>().Wake;
            ingest.WakeOutbox = app.Services.GetRequiredService<OutboxSender>().Wake;
            ingest.Broker = app.Services.GetRequiredService<IBroker>();
            app.Use(next => context => Routes.RefuseAsync(context, next));
            app.Use(next => context => HttpsGate.CountAsync(context, next));
            app.Use(next => context => SameSite.RefuseAsync(context, next));
            app.Use((context, next) => options.BundlesHttpPort is not null && !context.Request.IsHttps && !context.Request.Path.StartsWithSegments($"{Routes.Base}/bundles", StringComparison.Ordinal)
                ? throw RequestException.NotFound("this port has bundles alone; the rest")
                : next());
            if (options.Oidc?.Client is not null)
            {
                SignIn.Map(app);
            }

            app.MapOpenApi("/openapi/{documentName}.json");
            RouteGroupBuilder api = app.MapGroup(Routes.Base);
            NodeRoutes.Map(api);
            RolloutRoutes.Map(api);
            BundleRoutes.Map(api);
            FleetRoutes.Map(api, app);
            FleetPages.Map(app);
            app.MapFleetGrpc();
        }
    }
}
