using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Talos.Cosi;
using Talos.Time.Api;
using Talos.Time.Controllers;
using Talos.Time.Ports;

namespace Talos.Time;

/// <summary>The room of the clock.</summary>
public sealed class TimeModule
{
    private readonly NodeClock _clock;
    private readonly NtpServers _ntp;
    private readonly StartClock _start;
    private readonly TimeApi _api;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;

    /// <summary>The room on this node's clock.</summary>
    public TimeModule(IState state, TimeProvider time, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(loggers);
        _time = time;
        _loggers = loggers;
        _clock = new NodeClock(time);
        _ntp = new NtpServers(_clock, time);
        _start = new StartClock(_clock, loggers.CreateLogger<StartClock>());
        _api = new TimeApi(state, _ntp, _clock);
    }

    /// <summary>Sets a clock forward that shows a time which cannot be; to be called before certificates are made.</summary>
    public void SetStartClock() => _start.Apply();

    /// <summary>Registers the controllers.</summary>
    public void Register(ControllerRuntime controllers)
    {
        ArgumentNullException.ThrowIfNull(controllers);
        controllers.Register(new SyncController(_clock, _ntp, _start, _time, _loggers.CreateLogger<SyncController>()));
    }

    /// <summary>Adds what the API of this room needs.</summary>
    public void AddApi(IServiceCollection services) => services.AddSingleton(_api);

    /// <summary>Serves <c>time.TimeService</c>.</summary>
    public static void MapApi(IEndpointRouteBuilder app) => app.MapGrpcService<TimeApi>();
}
