using Microsoft.Extensions.Logging;
using Talos.Config;
using Talos.Cosi;
using Talos.Network.Ports;
using Talos.Network.Rules;
using Talos.Resources.Config;
using Talos.Resources.Network;

namespace Talos.Network.Controllers;

/// <summary>Writes the layers that need no protocol: built in, kernel command line, machine config.</summary>
internal sealed partial class LayerController(INodeFiles files, ILogger<LayerController> log) : IController
{
    private bool _told;

    public string Name => "network.LayerController";

    public IReadOnlyList<ControllerInput> Inputs { get; } = [ControllerInput.Weak<MachineConfig>(), ControllerInput.Weak<LinkStatus>()];

    public IReadOnlyList<ControllerOutput> Outputs => LayerWriter.Outputs;

    public Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        Dictionary<string, LinkStatus> links = context.List<LinkStatus>().ToDictionary(l => l.Id, l => l.Spec);
        MachineConfiguration? config = context.Find<MachineConfig>(MachineConfig.ActiveId) is { } resource
            ? ConfigReader.Parsed(resource.Spec.Yaml)
            : null;

        string cmdline = files.Cmdline;
        NetworkPlan fromCmdline = CmdlineRules.Plan(cmdline, links);
        if (!_told)
        {
            _told = true;
            fromCmdline.Problems.ToList().ForEach(LogCmdline);
        }

        NetworkPlan fromConfig = config is null ? new NetworkPlan() : ConfigurationRules.Plan(config, links);
        HashSet<string> claimed = [.. fromCmdline.ClaimedLinks, .. fromConfig.ClaimedLinks];
        HashSet<string> ignored = [.. CmdlineRules.IgnoredLinks(cmdline)];
        if (config is not null)
        {
            ignored.UnionWith(ConfigurationRules.IgnoredLinks(config, links));
        }

        string? hostname = config?.Network.AutoHostname is false
            ? null
            : DefaultRules.Identity(files.BoardIdentity, links.Values) is { } identity ? HostnameRules.Stable(identity) : null;
        return LayerWriter.WriteAsync(
            context,
            [
                ("default", DefaultRules.Plan(links, claimed, ignored, hostname)),
                ("cmdline", fromCmdline),
                ("configuration", fromConfig),
            ],
            ct);
    }

    [LoggerMessage(LogLevel.Warning, "Kernel command line: {Problem}; it is passed over")]
    private partial void LogCmdline(string problem);
}
