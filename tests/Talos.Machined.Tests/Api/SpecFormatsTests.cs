using Talos.Api.Machine;
using Talos.Cosi;
using Talos.Machined.Api;
using Talos.Resources.Kubernetes;
using Talos.Resources.Network;
using Talos.Resources.Runtime;
using Talos.Rpc.ResourceState;
using MachineConfig = Talos.Resources.Config.MachineConfig;
using MachineType = Talos.Resources.Config.MachineType;

namespace Talos.Machined.Tests.Api;

public class SpecFormatsTests
{
    [Fact]
    public void A_machine_status_is_encoded_as_its_event_is_whose_numbers_are_the_same()
    {
        MachineStatus status = new()
        {
            Stage = MachineStage.Running,
            Status = new MachineReadiness { Ready = true, UnmetConditions = [new UnmetCondition("services", "kubelet not running")] },
        };

        var decoded = MachineStatusEvent.Parser.ParseFrom(Encode(Resource<MachineStatus>.Create("machine", status)));

        Assert.Equal(MachineStatusEvent.Types.MachineStage.Running, decoded.Stage);
        Assert.True(decoded.Status.Ready);
        Assert.Equal("kubelet not running", Assert.Single(decoded.Status.UnmetConditions).Reason);
    }

    [Fact]
    public void Texts_are_encoded_in_their_fields()
    {
        Assert.Equal("0A0161", Convert.ToHexString(Encode(Resource<MachineConfig>.Create("v1alpha1", new MachineConfig { Yaml = "a" }))));
        Assert.Equal("0A0161120162", Convert.ToHexString(Encode(Resource<HostnameStatus>.Create("hostname", new HostnameStatus { Hostname = "a", Domainname = "b" }))));
        Assert.Equal("0A080A047F0000011008", Convert.ToHexString(Encode(Resource<NodeAddress>.Create("current", new NodeAddress { Addresses = [new IPPrefix(System.Net.IPAddress.Loopback, 8)] }))));
        Assert.Equal("0A01611801", Convert.ToHexString(Encode(Resource<Nodename>.Create("nodename", new Nodename { Name = "a", SkipNodeRegistration = true }))));
        Assert.Equal("08012001", Convert.ToHexString(Encode(Resource<NetworkStatus>.Create("status", new NetworkStatus { AddressReady = true, EtcFilesReady = true }))));
        Assert.Equal("08011001", Convert.ToHexString(Encode(Resource<ServiceStatus>.Create("apid", new ServiceStatus { Running = true, Healthy = true }))));
        Assert.Equal("0803", Convert.ToHexString(Encode(Resource<MachineType>.Create("machine-type", new MachineType { Type = "worker" }))));
    }

    [Fact]
    public void Every_spec_with_a_list_of_records_can_become_JSON()
    {
        Resource[] resources =
        [
            Resource<MachineStatus>.Create("machine", new MachineStatus { Stage = MachineStage.Booting }),
            Resource<NodeAddress>.Create("current", new NodeAddress { Addresses = [new IPPrefix(System.Net.IPAddress.Loopback, 8)] }),
        ];

        Assert.All(resources, r => Assert.NotEmpty(r.SpecAsJson()));
    }

    private static byte[] Encode(Resource resource)
    {
        SpecFormat format = SpecFormats.All[resource.Definition.Type];
        return format.Proto!(resource);
    }
}
