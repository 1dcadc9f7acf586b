using Google.Protobuf.Reflection;
using Talos.Api.Cluster;
using Talos.Api.Cosi;
using Talos.Api.Inspect;
using Talos.Api.Machine;
using Talos.Api.Ota;
using Talos.Apid.Proxy;

namespace Talos.Apid.Tests.Proxy;

[Trait("Category", "Security")]
public class CallLimitsTests
{
    private static readonly FileDescriptor[] Files =
    [
        MachineReflection.Descriptor, ImageReflection.Descriptor, LifecycleReflection.Descriptor, DebugReflection.Descriptor, LvmReflection.Descriptor,
        MdReflection.Descriptor, Api.Machine.StorageReflection.Descriptor, Api.Storage.StorageReflection.Descriptor, Api.Time.TimeReflection.Descriptor,
        InspectReflection.Descriptor, ClusterReflection.Descriptor, StateReflection.Descriptor, UpdateReflection.Descriptor,
    ];

    [Fact]
    public void Only_those_who_send_streams_may_send_without_a_limit_and_DebugService_is_not_served()
    {
        foreach (MethodDescriptor method in Files.SelectMany(f => f.Services).SelectMany(s => s.Methods))
        {
            string name = $"/{method.Service.FullName}/{method.Name}";
            bool isServed = method.Service.Name != "DebugService";
            Assert.True((method.IsClientStreaming && isServed) == CallLimits.BodyOf(name) is null, name);
            Assert.InRange(CallLimits.BodyOf(name) ?? 0, 0, CallLimits.ConfigBytes);
        }
    }

    [Fact]
    public void What_all_calls_together_can_keep_in_memory_is_bounded()
    {
        const string apply = "/machine.MachineService/ApplyConfiguration";

        Assert.InRange(CallLimits.Total / CallLimits.WeightOf(apply, 1) * CallLimits.BodyOf(apply)!.Value, 1, 48 << 20);
        Assert.InRange(CallLimits.Total * CallLimits.RequestBytes, 1, 48 << 20);
    }

    [Theory]
    [InlineData(1, 0, 0, false, true)]
    [InlineData(1, 255, 255, false, true)]
    [InlineData(1, 256, 256, false, false)]
    [InlineData(64, 200, 200, false, false)]
    [InlineData(1, 0, 511, false, true)]
    [InlineData(1, 0, 512, false, false)]
    [InlineData(1, 0, 512, true, true)]
    [InlineData(1, 0, 639, true, true)]
    [InlineData(1, 0, 640, true, false)]
    public void A_caller_has_a_share_and_administrators_have_room_of_their_own(int weight, int ofCaller, int total, bool isAdmin, bool allowed) =>
        Assert.Equal(allowed, CallLimits.Refuse(weight, ofCaller, total, isAdmin) is null);
}
