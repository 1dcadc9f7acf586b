namespace Talos.Fleet.Hub.Interop;

/// <summary>Registers what is asked for.</summary>
internal static class InteropServices
{
    public static void Add(IServiceCollection services, HubOptions options)
    {
        if (options.Interop is not { } interop)
        {
            return;
        }

        services.AddSingleton(interop).AddSingleton<InteropParts>();
        if (interop.Sparkplug is not null)
        {
            services.AddHostedService<SparkplugPublisher>();
        }

        if (interop.HomeAssistant is not null)
        {
            services.AddSingleton<InstallOrders>().AddHostedService<HomeAssistantPublisher>();
        }
    }
}
