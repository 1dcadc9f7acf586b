using System.Net.Sockets;
using Grpc.Net.Client;
using Talos.Rpc.Hosting;
using Talos.Testing;

namespace Talos.Fleet.Agent.Tests.Real;

/// <summary>A machined that takes connections and never answers.</summary>
public sealed class SilentMachinedTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("silent").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task It_is_given_up_in_time_though_the_clock_is_set_by_20_years_meanwhile(int direction)
    {
        string path = Path.Combine(_folder, "machine.sock");
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        using GrpcChannel channel = Channels.Unix(path);
        JumpingTimeProvider time = new();
        Task<NodeFacts> asking = new MachinedNode(channel, time).FactsAsync(TestContext.Current.CancellationToken);

        time.Jump(JumpingTimeProvider.TwentyYears * direction);
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(asking.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        NodeException late = await Assert.ThrowsAsync<NodeException>(() => asking.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        Assert.Equal("facts: no answer within 60 s", late.Message);
    }
}
