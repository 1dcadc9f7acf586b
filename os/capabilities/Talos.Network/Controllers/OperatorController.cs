using Microsoft.Extensions.Logging;
using Talos.Cosi;
using Talos.Network.Dhcp;
using Talos.Network.Ports;
using Talos.Network.Rules;
using Talos.Resources.Network;

namespace Talos.Network.Controllers;

/// <summary>Runs a DHCP client on each link that wants one, and writes what its lease brings.</summary>
internal sealed partial class OperatorController(IDhcpTransports transports, TimeProvider time, Func<uint> random, ILogger<OperatorController> log)
    : ITriggeredController
{
    private static readonly TimeSpan NextTry = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, DhcpRun> _runs = [];
    private volatile Action? _reconcile;

    public string Name => "network.OperatorController";

    public IReadOnlyList<ControllerInput> Inputs { get; } = [ControllerInput.Weak<OperatorSpec>(), ControllerInput.Weak<LinkStatus>()];

    public IReadOnlyList<ControllerOutput> Outputs { get; } = [.. LayerWriter.Outputs];

    public async Task RunTriggersAsync(Action reconcile, CancellationToken ct)
    {
        _reconcile = reconcile;
        await Task.Delay(Timeout.InfiniteTimeSpan, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        Dictionary<string, (OperatorSpec Spec, LinkStatus Link)> wanted = [];
        foreach (Resource<OperatorSpec> resource in context.List<OperatorSpec>())
        {
            if (resource.Phase is ResourcePhase.Running && resource.Spec.Operator == "dhcp4"
                && context.Find<LinkStatus>(resource.Spec.LinkName)?.Spec is { HardwareAddr.Length: 17 } link)
            {
                wanted[resource.Id] = (resource.Spec, link);
            }
        }

        await StopAsync(wanted);
        foreach ((string id, (OperatorSpec spec, LinkStatus link)) in wanted)
        {
            Keep(id, spec, link, context, ct);
        }

        List<(string, NetworkPlan)> plans =
            [.. _runs.Where(r => r.Value.Lease is not null).Select(r => ($"operator/{r.Key}", LeaseRules.Plan(r.Value.Lease!, r.Value.Spec)))];
        await LayerWriter.WriteAsync(context, plans, ct);
    }

    /// <summary>Ends what is wanted no more, what is wanted otherwise, and what failed.</summary>
    private async Task StopAsync(Dictionary<string, (OperatorSpec Spec, LinkStatus Link)> wanted)
    {
        foreach ((string id, DhcpRun run) in _runs.ToList())
        {
            bool same = wanted.TryGetValue(id, out (OperatorSpec Spec, LinkStatus Link) now) && run.Fits(now.Spec, now.Link);
            if (!same || run.Task.IsCompleted)
            {
                _runs.Remove(id);
                if (await run.StopAsync() is { } problem)
                {
                    LogFailed(run.Spec.LinkName, problem.Message);
                }
            }
        }
    }

    private void Keep(string id, OperatorSpec spec, LinkStatus link, IControllerContext context, CancellationToken ct)
    {
        bool carrier = link.OperationalState is "up" or "unknown";
        if (_runs.TryGetValue(id, out DhcpRun? run))
        {
            if (run.SeeCarrier(carrier))
            {
                LogLinkBack(spec.LinkName);
            }

            return;
        }

        if (spec.RequireUp && !carrier)
        {
            return;
        }

        try
        {
            _runs[id] = Start(spec, link, ct);
        }
        catch (IOException e)
        {
            LogFailed(spec.LinkName, e.Message);
            context.RequeueAfter(NextTry);
        }
    }

    private DhcpRun Start(OperatorSpec spec, LinkStatus link, CancellationToken ct)
    {
        byte[] hardware = KernelNames.HardwareBytes(link.HardwareAddr);
        DhcpIdentity identity = new(hardware, DhcpIdentity.IdentifierOf(spec.Dhcp4.ClientIdentifier, hardware, spec.Dhcp4.DuidRawHex), "");
        IDhcpTransport transport = transports.Open(spec.LinkName, link.Index, hardware);
        LogStarted(spec.LinkName);
        return new DhcpRun(spec, link, new DhcpClient(new DhcpMachine(identity, random), transport, time), transport, Changed, ct);
    }

    private void Changed(DhcpRun run, DhcpAction? action)
    {
        switch (action)
        {
            case DhcpAction.Granted granted:
                LogLease(run.Spec.LinkName, granted.Lease.Address, granted.Lease.Server, granted.Lease.Duration);
                break;
            case DhcpAction.Lost lost:
                LogLost(run.Spec.LinkName, lost.Reason);
                break;
            case DhcpAction.Notice notice:
                LogNotice(run.Spec.LinkName, notice.Text);
                return;
        }

        _reconcile?.Invoke();
    }

    [LoggerMessage(LogLevel.Information, "DHCP started on {Link}")]
    private partial void LogStarted(string link);

    [LoggerMessage(LogLevel.Information, "DHCP on {Link}: {Address} from {Server} for {Duration}")]
    private partial void LogLease(string link, IPPrefix address, System.Net.IPAddress server, TimeSpan duration);

    [LoggerMessage(LogLevel.Warning, "DHCP on {Link}: lease lost: {Reason}")]
    private partial void LogLost(string link, string reason);

    [LoggerMessage(LogLevel.Warning, "DHCP on {Link}: {Notice}")]
    private partial void LogNotice(string link, string notice);

    [LoggerMessage(LogLevel.Information, "DHCP on {Link}: link is back, lease is confirmed anew")]
    private partial void LogLinkBack(string link);

    [LoggerMessage(LogLevel.Warning, "DHCP on {Link} failed: {Problem}")]
    private partial void LogFailed(string link, string problem);
}
