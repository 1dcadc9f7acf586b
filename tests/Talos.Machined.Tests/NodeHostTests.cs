using Talos.Linux;
using Talos.Machined.Node;
using Talos.Resources.Kernel;
using Talos.Resources.Runtime;

namespace Talos.Machined.Tests;

/// <summary>The whole node in this process, with sockets and logs in a folder of its own; nothing is mounted.</summary>
public sealed class NodeHostTests : IDisposable
{
    private static readonly Lazy<Reaper> SharedReaper = new(() => Reaper.Start());

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("talos-node-");

    [Fact]
    public async Task All_rooms_can_be_registered_together()
    {
        using NodeHost node = Create();
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        await stop.CancelAsync();
        await Task.WhenAny(node.RunAsync(stop.Token));

        Assert.NotEmpty(node.Context.Controllers.Controllers);
        Assert.Contains(node.Context.Controllers.Definitions, d => d.Type == MachineStatus.Definition.Type);
        Assert.Contains(node.Context.Controllers.Definitions, d => d.Type == KernelCmdline.Definition.Type);
    }

    [Fact]
    public async Task The_api_socket_is_for_its_owner_alone()
    {
        using NodeHost node = Create();

        await node.Api.StartAsync(TestContext.Current.CancellationToken);
        await node.Api.StartAsync(TestContext.Current.CancellationToken);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(node.Context.Options.SocketPath));
        await node.Api.DisposeAsync();
    }

    [Fact]
    public void The_first_process_is_listed_as_a_service()
    {
        using NodeHost node = Create();

        Assert.True(node.Context.Services.Find("machined")!.IsUp);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private NodeHost Create() => NodeHost.Create(
        new NodeOptions
        {
            SocketPath = Path.Combine(_directory.FullName, "machined", "machine.sock"),
            LogDirectory = Path.Combine(_directory.FullName, "log"),
            CommandLine = "slab_nomerge= pti=on",
        },
        kmsg: null,
        SharedReaper.Value,
        TimeProvider.System);
}
