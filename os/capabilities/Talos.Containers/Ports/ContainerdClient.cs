using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Talos.Api.Containerd.ContentV1;
using Talos.Api.Containerd.DiffV1;
using Talos.Api.Containerd.LeasesV1;
using Talos.Api.Containerd.NamespacesV1;
using Talos.Api.Containerd.SnapshotsV1;
using Talos.Api.Containerd.TasksV1;
using Talos.Api.Cri.V1;

namespace Talos.Containers.Ports;

/// <summary>One connection to containerd's socket; it connects at the first call and again when containerd was restarted.</summary>
internal sealed class ContainerdClient : IDisposable
{
    /// <summary>The namespace of everything Kubernetes runs.</summary>
    public const string KubernetesNamespace = "k8s.io";

    private const int MaxMessageSize = 16 << 20;

    private readonly GrpcChannel _channel;

    /// <summary>Prepares a connection to the unix socket at <paramref name="socket"/>.</summary>
    public ContainerdClient(string socket)
    {
        SocketsHttpHandler handler = new()
        {
            UseProxy = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            ConnectCallback = async (_, ct) =>
            {
                Socket connection = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), ct);
                    return new NetworkStream(connection, ownsSocket: true);
                }
                catch
                {
                    connection.Dispose();
                    throw;
                }
            },
        };

        _channel = GrpcChannel.ForAddress("http://containerd", new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = MaxMessageSize,
            MaxSendMessageSize = MaxMessageSize,
        });
        Runtime = new RuntimeService.RuntimeServiceClient(_channel);
        CriImages = new ImageService.ImageServiceClient(_channel);
        Content = new Content.ContentClient(_channel);
        Images = new Api.Containerd.ImagesV1.Images.ImagesClient(_channel);
        Leases = new Leases.LeasesClient(_channel);
        Snapshots = new Snapshots.SnapshotsClient(_channel);
        Diff = new Diff.DiffClient(_channel);
        Namespaces = new Namespaces.NamespacesClient(_channel);
        Containers = new Api.Containerd.ContainersV1.Containers.ContainersClient(_channel);
        Tasks = new Tasks.TasksClient(_channel);
    }

    /// <summary>Pods and containers of the CRI.</summary>
    public RuntimeService.RuntimeServiceClient Runtime { get; }

    /// <summary>Images of the CRI.</summary>
    public ImageService.ImageServiceClient CriImages { get; }

    /// <summary>Blobs.</summary>
    public Content.ContentClient Content { get; }

    /// <summary>Names of images.</summary>
    public Api.Containerd.ImagesV1.Images.ImagesClient Images { get; }

    /// <summary>Leases against garbage collection.</summary>
    public Leases.LeasesClient Leases { get; }

    /// <summary>Unpacked layers.</summary>
    public Snapshots.SnapshotsClient Snapshots { get; }

    /// <summary>Unpacks layers.</summary>
    public Diff.DiffClient Diff { get; }

    /// <summary>Namespaces of containerd, which are not those of Kubernetes.</summary>
    public Namespaces.NamespacesClient Namespaces { get; }

    /// <summary>Containers of a namespace.</summary>
    public Api.Containerd.ContainersV1.Containers.ContainersClient Containers { get; }

    /// <summary>Running processes of containers.</summary>
    public Tasks.TasksClient Tasks { get; }

    /// <summary>Call headers that choose a namespace and, where given, a lease.</summary>
    public static Metadata In(string containerdNamespace, string? lease = null)
    {
        Metadata headers = new() { { "containerd-namespace", containerdNamespace } };
        if (lease is not null)
        {
            headers.Add("containerd-lease", lease);
        }

        return headers;
    }

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();
}
