using Talos.Testing;
using Talos.Time.Ntp;
using Talos.Time.Ports;

namespace Talos.Time.Tests;

/// <summary>The client against chronyd, in namespaces of their own.</summary>
[Trait("Category", "Integration")]
public sealed class ChronyTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public Task A_server_of_chrony_is_measured() => IsolatedNetwork.RunAsync(async network =>
    {
        network.Run("ip", "link", "add", "eth9", "type", "veth", "peer", "name", "srv0", "netns", IsolatedNetwork.Peer);
        network.Run("ip", "addr", "add", "10.77.0.5/24", "dev", "eth9");
        network.Run("ip", "link", "set", "eth9", "up");
        network.RunInPeer("ip addr add 10.77.0.1/24 dev srv0");
        network.RunInPeer("ip link set srv0 up");
        await File.WriteAllTextAsync("/run/chrony.conf", "local stratum 5\nallow\ncmdport 0\nbindcmdaddress /\npidfile /run/chronyd.pid\n", TestContext.Current.CancellationToken);
        IsolatedNetwork.Server server = network.StartInPeer("chronyd -x -d -u root -f /run/chrony.conf");
        NtpServers client = new(new NodeClock(TimeProvider.System), TimeProvider.System);

        long started = TimeProvider.System.GetTimestamp();
        NtpAnswer answer;
        while ((answer = await client.AskAsync("10.77.0.1", TestContext.Current.CancellationToken)) is not NtpAnswer.Measured)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"{answer}\n{server.Log}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        NtpSample sample = ((NtpAnswer.Measured)answer).Sample;
        Assert.True(sample.Offset.Duration() < TimeSpan.FromMilliseconds(100), $"{sample}");

        server.Stop();
        Assert.IsType<NtpAnswer.Failed>(await client.AskAsync("10.77.0.1", TestContext.Current.CancellationToken));
    });
}
