namespace Talos.E2e.Tests;

/// <summary>Pods of a configured node.</summary>
[Collection("node")]
public sealed class WorkloadTests(NodeFixture node)
{
    [Fact]
    public async Task A_static_pod_answers_over_HTTP_from_outside() =>
        await node.UntilPageAsync(node.Machine.Web(8080), "It works");

    [Fact]
    public async Task A_pod_reaches_another_pod()
    {
        await node.UntilPageAsync(node.Machine.Web(8081, "/cgi-bin/addresses"), "eth0");
        string addresses = await node.Http.GetStringAsync(node.Machine.Web(8081, "/cgi-bin/addresses"), TestContext.Current.CancellationToken);
        string peer = addresses.Split(["inet "], StringSplitOptions.None).Skip(1).Select(a => a.Split('/')[0]).Single(a => a.StartsWith("10.", StringComparison.Ordinal));

        await node.UntilPageAsync(node.Machine.Web(8080, $"/cgi-bin/fetch?{peer}:8080/cgi-bin/hostname"), "peer");
    }

    [Fact]
    public async Task The_pods_logs_are_readable_over_the_API()
    {
        await node.UntilPageAsync(node.Machine.Web(8080), "It works");
        string containers = (await node.Machine.TalosctlAsync("containers", "-k")).Expect();
        string id = containers.Split('\n').SelectMany(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .First(w => w.Contains("/web-", StringComparison.Ordinal) && w.Contains(":web:", StringComparison.Ordinal));

        CommandResult logs = await node.Machine.TalosctlAsync("logs", "-k", id);

        Assert.Contains("response:200", logs.Expect(), StringComparison.Ordinal);
    }
}
