using Google.Protobuf;
using Talos.Cosi;
using Talos.Resources.Config;
using Talos.Resources.Kubernetes;
using Talos.Resources.Network;
using Talos.Rpc.ResourceState;
using MachineStatus = Talos.Resources.Runtime.MachineStatus;
using ServiceStatus = Talos.Resources.Runtime.ServiceStatus;
using UnmetCondition = Talos.Resources.Runtime.UnmetCondition;

namespace Talos.Machined.Api;

/// <summary>Specs that clients decode from protobuf; all others they show as YAML.</summary>
/// <remarks>Field numbers: resource definitions of the Talos API (config, k8s, network, runtime, v1alpha1).</remarks>
internal static class SpecFormats
{
    public static IReadOnlyDictionary<string, SpecFormat> All { get; } = new Dictionary<string, SpecFormat>
    {
        [MachineConfig.Definition.Type] = Of<MachineConfig>((spec, output) => WriteString(output, 1, spec.Yaml)),
        [MachineType.Definition.Type] = Of<MachineType>((spec, output) => WriteNumber(output, 1, spec.Type switch
        {
            "init" => 1,
            "controlplane" => 2,
            "worker" => 3,
            _ => 0,
        })),
        [HostnameStatus.Definition.Type] = Of<HostnameStatus>((spec, output) =>
        {
            WriteString(output, 1, spec.Hostname);
            WriteString(output, 2, spec.Domainname);
        }),
        [Nodename.Definition.Type] = Of<Nodename>((spec, output) =>
        {
            WriteString(output, 1, spec.Name);
            WriteFlag(output, 3, spec.SkipNodeRegistration);
        }),
        [NodeAddress.Definition.Type] = Of<NodeAddress>((spec, output) =>
        {
            foreach (IPPrefix prefix in spec.Addresses)
            {
                WriteMessage(output, 1, address =>
                {
                    address.WriteTag(1, WireFormat.WireType.LengthDelimited);
                    address.WriteBytes(ByteString.CopyFrom(prefix.Address.GetAddressBytes()));
                    WriteNumber(address, 2, prefix.Length);
                });
            }
        }),
        [NetworkStatus.Definition.Type] = Of<NetworkStatus>((spec, output) =>
        {
            WriteFlag(output, 1, spec.AddressReady);
            WriteFlag(output, 2, spec.ConnectivityReady);
            WriteFlag(output, 3, spec.HostnameReady);
            WriteFlag(output, 4, spec.EtcFilesReady);
        }),
        [ServiceStatus.Definition.Type] = Of<ServiceStatus>((spec, output) =>
        {
            WriteFlag(output, 1, spec.Running);
            WriteFlag(output, 2, spec.Healthy);
            WriteFlag(output, 3, spec.Unknown);
        }),
        [MachineStatus.Definition.Type] = Of<MachineStatus>((spec, output) =>
        {
            WriteNumber(output, 1, (int)spec.Stage);
            WriteMessage(output, 2, status =>
            {
                WriteFlag(status, 1, spec.Status.Ready);
                foreach (UnmetCondition unmet in spec.Status.UnmetConditions)
                {
                    WriteMessage(status, 2, condition =>
                    {
                        WriteString(condition, 1, unmet.Name);
                        WriteString(condition, 2, unmet.Reason);
                    });
                }
            });
        }),
    };

    private static SpecFormat Of<T>(Action<T, CodedOutputStream> write) where T : class, IResourceSpec<T> =>
        new() { Proto = resource => Encode(output => write(((Resource<T>)resource).Spec, output)) };

    private static byte[] Encode(Action<CodedOutputStream> write)
    {
        using MemoryStream bytes = new();
        using (CodedOutputStream output = new(bytes, leaveOpen: true))
        {
            write(output);
        }

        return bytes.ToArray();
    }

    private static void WriteString(CodedOutputStream output, int field, string value)
    {
        if (value.Length > 0)
        {
            output.WriteTag(field, WireFormat.WireType.LengthDelimited);
            output.WriteString(value);
        }
    }

    private static void WriteNumber(CodedOutputStream output, int field, int value)
    {
        if (value != 0)
        {
            output.WriteTag(field, WireFormat.WireType.Varint);
            output.WriteInt32(value);
        }
    }

    private static void WriteFlag(CodedOutputStream output, int field, bool value) => WriteNumber(output, field, value ? 1 : 0);

    private static void WriteMessage(CodedOutputStream output, int field, Action<CodedOutputStream> write)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(Encode(write)));
    }
}
