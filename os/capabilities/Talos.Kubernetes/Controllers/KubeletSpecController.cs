using Microsoft.Extensions.Logging;
using Talos.Config;
using Talos.Cosi;
using Talos.Kubernetes.Ports;
using Talos.Kubernetes.Rules;
using Talos.Resources.Config;
using Talos.Resources.Kubernetes;

namespace Talos.Kubernetes.Controllers;

/// <summary>Works out how the kubelet of this root file system should run.</summary>
internal sealed partial class KubeletSpecController(IKubeletBinary binary, INodeFiles files, ILogger<KubeletSpecController> log) : IController
{
    private string _version = "";
    private string _told = "";

    public string Name => "kubernetes.KubeletSpecController";

    public IReadOnlyList<ControllerInput> Inputs { get; } = [ControllerInput.Weak<MachineConfig>(), ControllerInput.Weak<Nodename>()];

    public IReadOnlyList<ControllerOutput> Outputs { get; } =
        [ControllerOutput.Exclusive<KubeletSpec>(), ControllerOutput.Exclusive<KubeletStatus>()];

    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        if (context.FindMachine() is not { } machine || context.Find<Nodename>(Nodename.Id) is not { } nodename)
        {
            await context.DestroyAsync<KubeletSpec>(KubeletSpec.Id, ct);
            return;
        }

        if (_version.Length == 0)
        {
            if (await binary.VersionAsync(ct) is not { } text)
            {
                await RefuseAsync(context, $"no {KubernetesPaths.Kubelet} in this root file system: pods do not run on this node", ct);
                return;
            }

            _version = text.Trim();
        }

        if (KubeletVersion.TryParse(_version) is not { } version)
        {
            await RefuseAsync(context, $"{KubernetesPaths.Kubelet}: unknown version '{_version}'", ct);
            return;
        }

        KubeletSettings settings = Settings(machine, nodename.Spec.Name, version);
        ValueList<string> warnings = KubeletExtras.Judge(settings).Remarks.ToValueList();
        Tell(warnings);
        await context.WriteAsync(KubeletSpec.Id, Spec(settings, machine), ct);
        await context.WriteAsync(KubeletStatus.Id, new KubeletStatus { Version = version.Text, Warnings = warnings }, ct);
    }

    private KubeletSettings Settings(MachineConfiguration machine, string nodename, KubeletVersion version) => new()
    {
        Version = version,
        Nodename = nodename,
        ManifestsDirectory = machine.Kubelet.ManifestsDirectoryEnabled ? KubernetesPaths.Manifests : KubernetesPaths.OwnManifests,
        ClusterDomain = machine.Cluster.DnsDomain,
        ClusterDns = machine.Kubelet.ClusterDns,
        HasIpTables = files.Exists(KubernetesPaths.IpTables),
        DefaultSeccompProfile = machine.Kubelet.DefaultRuntimeSeccompProfileEnabled,
        ExtraArgs = machine.Kubelet.ExtraArgs,
        ExtraConfigJson = machine.Kubelet.ExtraConfigJson,
    };

    private static KubeletSpec Spec(KubeletSettings settings, MachineConfiguration machine) => new()
    {
        Version = settings.Version.Text,
        Args = KubeletConfig.Arguments(settings).ToValueList(),
        ExpectedNodename = settings.Nodename,
        ManifestsDirectory = settings.ManifestsDirectory,
        Config = new KubernetesObject(KubeletConfig.Render(settings)),
        Environment = machine.Environment.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{e.Key}={e.Value}").ToValueList(),
    };

    private async Task RefuseAsync(IControllerContext context, string problem, CancellationToken ct)
    {
        if (context.Find<KubeletStatus>(KubeletStatus.Id)?.Spec.Problem != problem)
        {
            LogRefused(problem);
        }

        await context.WriteAsync(KubeletStatus.Id, new KubeletStatus { Version = _version, Problem = problem }, ct);
        await context.DestroyAsync<KubeletSpec>(KubeletSpec.Id, ct);
    }

    private void Tell(ValueList<string> warnings)
    {
        string told = string.Join('\n', warnings);
        if (told == _told)
        {
            return;
        }

        _told = told;
        foreach (string warning in warnings)
        {
            LogWarning(warning);
        }
    }

    [LoggerMessage(LogLevel.Error, "Kubelet not started: {Problem}")]
    private partial void LogRefused(string problem);

    [LoggerMessage(LogLevel.Warning, "Kubelet settings of the machine config: {Warning}")]
    private partial void LogWarning(string warning);
}
