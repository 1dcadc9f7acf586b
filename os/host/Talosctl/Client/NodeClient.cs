using Grpc.Core;
using Talos.Api.Cluster;
using Talos.Api.Cosi;
using Talos.Api.Machine;
using Talos.Api.Ota;
using Talos.Api.Time;

namespace Talosctl.Client;

/// <summary>One node: the services of its API, and the headers that lead to it.</summary>
internal sealed class NodeClient(string name, ChannelBase channel, Grpc.Core.Metadata headers)
{
    /// <summary>As the user named it.</summary>
    public string Name { get; } = name;

    /// <summary>Headers of every call.</summary>
    public Grpc.Core.Metadata Headers { get; } = headers;

    public MachineService.MachineServiceClient Machine { get; } = new(channel);

    public State.StateClient Resources { get; } = new(channel);

    public Talos.Api.Storage.StorageService.StorageServiceClient Storage { get; } = new(channel);

    public TimeService.TimeServiceClient Time { get; } = new(channel);

    public ClusterService.ClusterServiceClient Cluster { get; } = new(channel);

    public UpdateService.UpdateServiceClient Updates { get; } = new(channel);

    public ImageService.ImageServiceClient Images { get; } = new(channel);
}
