using Google.Protobuf.Reflection;
using Talos.Api.Cluster;
using Talos.Api.Cosi;
using Talos.Api.Inspect;
using Talos.Api.Machine;
using Talos.Api.Ota;

namespace Talos.Rpc.Tests.Authorization;

/// <summary>Every method of every service that a node has.</summary>
internal static class AllMethods
{
    public static IReadOnlyList<(string Path, MethodDescriptor Method)> List { get; } =
    [
        .. new[]
        {
            MachineReflection.Descriptor, ImageReflection.Descriptor, LifecycleReflection.Descriptor, DebugReflection.Descriptor,
            LvmReflection.Descriptor, MdReflection.Descriptor, Api.Machine.StorageReflection.Descriptor, Api.Storage.StorageReflection.Descriptor,
            Api.Time.TimeReflection.Descriptor, InspectReflection.Descriptor, ClusterReflection.Descriptor, StateReflection.Descriptor,
            UpdateReflection.Descriptor,
        }.SelectMany(f => f.Services).SelectMany(s => s.Methods.Select(m => ($"/{s.FullName}/{m.Name}", m))),
    ];
}
