using Google.Protobuf.Reflection;
using Talos.Api.Cluster;
using Talos.Api.Inspect;
using Talos.Api.Machine;
using Talos.Api.Time;
using Talos.Apid.Routing;

namespace Talos.Apid.Tests.Routing;

public class StreamingMethodsTests
{
    [Fact]
    public void The_list_names_exactly_the_streaming_methods_of_the_joining_services()
    {
        FileDescriptor[] files =
            [MachineReflection.Descriptor, ClusterReflection.Descriptor, InspectReflection.Descriptor, Api.Storage.StorageReflection.Descriptor, TimeReflection.Descriptor];

        foreach (MethodDescriptor method in files.SelectMany(f => f.Services).SelectMany(s => s.Methods))
        {
            string name = $"/{method.Service.FullName}/{method.Name}";
            Assert.True(method.IsServerStreaming == StreamingMethods.Contains(name), name);
        }
    }
}
