using Grpc.Net.Client;
using Talos.Api.Machine;
using Talos.Cosi;
using Talos.Linux;
using Talos.Machined.Node;
using Talos.Resources.Runtime;
using Talos.Rpc.Hosting;

namespace Talos.Machined.Tests.Api;

/// <summary>The node's real API on a socket in a folder of its own; no controller runs, so nothing of this machine is touched.</summary>
public sealed class MachineApiFixture : IAsyncLifetime
{
    private static readonly Lazy<Reaper> SharedReaper = new(() => Reaper.Start());

    private NodeHost _node = null!;
    private GrpcChannel _channel = null!;

    internal string Folder { get; } = Directory.CreateTempSubdirectory("talos-api-").FullName;

    internal string SocketPath => Path.Combine(Folder, "machined", "machine.sock");

    internal NodeContext Node => _node.Context;

    internal MachineService.MachineServiceClient Machine => new(_channel);

    internal GrpcChannel Channel => _channel;

    internal static Grpc.Core.Metadata As(string role) => new() { { "talos-role", role } };

    public async ValueTask InitializeAsync()
    {
        NodeOptions options = new()
        {
            SocketPath = SocketPath,
            LogDirectory = Path.Combine(Folder, "log"),
            CommandLine = "talos.platform=metal",
        };
        _node = NodeHost.Create(options, kmsg: null, SharedReaper.Value, TimeProvider.System);
        using (CancellationTokenSource ended = new())
        {
            // Registers the controllers, whose types the API serves, and runs none of them.
            await ended.CancelAsync();
            await Task.WhenAny(_node.RunAsync(ended.Token));
        }

        await _node.Api.StartAsync(TestContext.Current.CancellationToken);
        _channel = Channels.Unix(SocketPath);
        foreach (Resource left in Node.State.List(MachineStatus.Definition.Namespace, MachineStatus.Definition.Type))
        {
            Node.State.Destroy(left.Address, left.Metadata.Owner);
        }

        Node.State.Create(Resource<MachineStatus>.Create(MachineStatus.Id, new MachineStatus { Stage = MachineStage.Maintenance }), "test");
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _node.Api.DisposeAsync();
        _node.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
