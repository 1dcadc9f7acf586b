using System.Net;
using Microsoft.Extensions.Logging;
using Talos.Cosi;
using Talos.Linux;
using Talos.Network.Ports;
using Talos.Network.Rules;
using Talos.Resources.Network;

namespace Talos.Network.Controllers;

/// <summary>Sets the routes that <see cref="RouteSpec"/> wants and removes those that are wanted no more.</summary>
internal sealed partial class RouteSpecController(INetworkKernel kernel, ILogger<RouteSpecController> log) : IController
{
    private static readonly TimeSpan NextTry = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, string> _waiting = [];

    public string Name => "network.RouteSpecController";

    public IReadOnlyList<ControllerInput> Inputs { get; } =
        [ControllerInput.Strong<RouteSpec>(), ControllerInput.Weak<LinkStatus>(), ControllerInput.Weak<AddressStatus>(), ControllerInput.Weak<RouteStatus>()];

    public IReadOnlyList<ControllerOutput> Outputs => [];

    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        List<Resource<RouteSpec>> waiting = [];
        foreach (Resource<RouteSpec> wanted in context.List<RouteSpec>().Where(r => r.Phase is ResourcePhase.Running))
        {
            await context.AddFinalizerAsync(wanted, ct);
            if (!Apply(wanted))
            {
                waiting.Add(wanted);
            }
        }

        // Only now, so that a route whose metric changes is there all the time.
        foreach (Resource<RouteSpec> gone in context.List<RouteSpec>().Where(r => r.Phase is ResourcePhase.TearingDown))
        {
            TearDown(gone);
            await context.RemoveFinalizerAsync(gone, ct);
        }

        // Each is tried, also behind one that cannot be set yet.
        bool again = false;
        foreach (Resource<RouteSpec> spec in waiting)
        {
            again |= !Apply(spec);
        }

        if (again)
        {
            context.RequeueAfter(NextTry);
        }
    }

    /// <returns>False when what the route needs is not there yet.</returns>
    private bool Apply(Resource<RouteSpec> wanted)
    {
        RouteSpec spec = wanted.Spec;
        switch (RouteRules.Next(spec, Link(spec.OutLinkName), kernel.Routes()))
        {
            case RouteStep.Wait wait:
                return Waits(wanted, wait.Problem);
            case RouteStep.Remove away:
                Remove(away.Route, spec, away.Reason);
                break;
            case RouteStep.Add add:
                try
                {
                    kernel.AddRoute(add.Route, add.Conflict);
                }
                catch (LinuxException e) when (IsNotYet(e.Error))
                {
                    return Waits(wanted, e.Message);
                }

                LogAdded(Destination(spec), spec.Gateway, spec.OutLinkName, spec.Priority);
                break;
        }

        _waiting.Remove(wanted.Id);
        return true;
    }

    private void TearDown(Resource<RouteSpec> gone)
    {
        _waiting.Remove(gone.Id);
        RouteSpec spec = gone.Spec;
        LinkInfo? link = Link(spec.OutLinkName);
        if ((link is not null || spec.OutLinkName.Length == 0)
            && RouteRules.Find(kernel.Routes(), RouteRules.Info(spec, link)) is { } existing)
        {
            Remove(existing, spec, "not wanted any more");
        }
    }

    private void Remove(RouteInfo existing, RouteSpec spec, string reason)
    {
        try
        {
            kernel.RemoveRoute(existing);
        }
        catch (LinuxException e) when (e.Error is Errno.ESRCH or Errno.ENODEV)
        {
            // It went with its address or its link between the look and the call.
        }

        LogRemoved(Destination(spec), spec.Gateway, spec.OutLinkName, reason);
    }

    private static bool IsNotYet(Errno error) =>
        error is Errno.ENETUNREACH or Errno.EHOSTUNREACH or Errno.EINVAL or Errno.ENETDOWN or Errno.EEXIST or Errno.ENODEV;

    /// <summary>Says once why a route is not set.</summary>
    private bool Waits(Resource<RouteSpec> wanted, string problem)
    {
        if (problem.Length > 0 && _waiting.GetValueOrDefault(wanted.Id) != problem)
        {
            _waiting[wanted.Id] = problem;
            LogWaits(Destination(wanted.Spec), wanted.Spec.Gateway, wanted.Spec.OutLinkName, problem);
        }

        return false;
    }

    private LinkInfo? Link(string name) => kernel.Links().FirstOrDefault(l => l.Name == name);

    private static string Destination(RouteSpec spec) => spec.Destination?.ToString() ?? "default";

    [LoggerMessage(LogLevel.Information, "Route to {Destination} via {Gateway} on {Link} metric {Priority} added")]
    private partial void LogAdded(string destination, IPAddress? gateway, string link, uint priority);

    [LoggerMessage(LogLevel.Information, "Route to {Destination} via {Gateway} on {Link} removed: {Reason}")]
    private partial void LogRemoved(string destination, IPAddress? gateway, string link, string reason);

    [LoggerMessage(LogLevel.Information, "Route to {Destination} via {Gateway} on {Link} waits: {Problem}")]
    private partial void LogWaits(string destination, IPAddress? gateway, string link, string problem);
}
