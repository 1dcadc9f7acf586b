using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Talos.Config;
using Talos.Containers.Ports;
using Talos.Containers.Rules;
using Talos.Cosi;
using Talos.Resources.Config;
using Talos.Resources.Runtime;

namespace Talos.Containers.Controllers;

/// <summary>Configures containerd and wants it to run, on a node that has a machine config.</summary>
internal sealed partial class RuntimeServiceController(IRuntimeFiles files, ILogger<RuntimeServiceController> log) : IController
{
    private bool _toldMissing;

    public string Name => "containers.RuntimeServiceController";

    public IReadOnlyList<ControllerInput> Inputs { get; } = [ControllerInput.Weak<MachineConfig>()];

    public IReadOnlyList<ControllerOutput> Outputs { get; } = [ControllerOutput.Shared<ServiceSpec>()];

    public async Task ReconcileAsync(IControllerContext context, CancellationToken ct)
    {
        if (!files.Exists(ContainerPaths.Executable))
        {
            if (!_toldMissing)
            {
                _toldMissing = true;
                LogMissing(ContainerPaths.Executable);
            }

            return;
        }

        if (context.Find<MachineConfig>(MachineConfig.ActiveId) is not { } config
            || ConfigReader.Parsed(config.Spec.Yaml) is not { IsComplete: true } machine)
        {
            await context.DestroyAsync<ServiceSpec>(ContainerPaths.Service, ct);
            return;
        }

        string text = ContainerdConfig.Render(new ContainerdSettings
        {
            Version = ContainerdVersion.Parse(files.Read(ContainerPaths.VersionFile)),
            RestrictOomScore = !files.HasSysResource,
            Registries = machine.Registries.Access,
        });
        IReadOnlyDictionary<string, string> hosts = RegistryHosts.Render(machine.Registries, ContainerPaths.RegistryHosts);
        foreach ((string path, string content) in hosts)
        {
            files.Write($"{ContainerPaths.RegistryHosts}/{path}", content);
        }

        files.KeepOnly(ContainerPaths.RegistryHosts, [.. hosts.Keys]);
        files.Write(ContainerPaths.Configuration, text);
        await context.WriteAsync(ContainerPaths.Service, Service(text, machine.Environment), ct);
    }

    private static ServiceSpec Service(string configuration, IReadOnlyDictionary<string, string> environment) => new()
    {
        Executable = ContainerPaths.Executable,
        Arguments = ["--config", ContainerPaths.Configuration],
        Environment =
        [
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME=/root",
            .. environment.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{e.Key}={e.Value}"),
        ],
        Cgroup = ContainerPaths.ServiceCgroup,
        OomScoreAdjustment = -999,
        KeepsChildren = true,
        WaitForPaths = [ContainerPaths.Root],
        HealthCheck = new ServiceHealthCheck { Kind = ServiceHealthKind.UnixSocket, Target = ContainerPaths.Socket },
        StopTimeoutSeconds = 30,
        Revision = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(configuration)))[..16],
    };

    [LoggerMessage(LogLevel.Warning, "No {Path} in this root file system: containers and pods do not run on this node")]
    private partial void LogMissing(string path);
}
