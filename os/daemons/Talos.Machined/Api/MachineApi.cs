using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Talos.Api.Machine;
using Talos.Cosi;
using Talos.Linux;
using Talos.Resources.Network;

namespace Talos.Machined.Api;

/// <summary>The machine API: parse, ask or hand over, answer. A method that is not here answers Unimplemented.</summary>
internal sealed partial class MachineApi(ApiContext api) : MachineService.MachineServiceBase
{
    public override Task<VersionResponse> Version(Empty request, ServerCallContext context)
    {
        string platform = KernelCommandLine.Parse(api.Node.Options.CommandLine).Find("talos.platform") ?? "metal";
        return Task.FromResult(new VersionResponse
        {
            Messages =
            {
                new Talos.Api.Machine.Version
                {
                    Version_ = NodeVersion.Info,
                    Platform = new PlatformInfo { Name = platform, Mode = platform == "container" ? "container" : "metal" },
                    Features = new FeaturesInfo { Rbac = true },
                },
            },
        });
    }

    public override Task<HostnameResponse> Hostname(Empty request, ServerCallContext context)
    {
        ResourceAddress address = new(HostnameStatus.Definition.Namespace, HostnameStatus.Definition.Type, "hostname");
        string name = (api.Node.State.Get(address) as Resource<HostnameStatus>)?.Spec.Hostname ?? Talos.Linux.Hostname.Get();
        return Task.FromResult(new HostnameResponse { Messages = { new Talos.Api.Machine.Hostname { Hostname_ = name } } });
    }
}
