using Google.Protobuf.WellKnownTypes;
using Talos.Api.Machine;

namespace Talos.E2e.Tests;

/// <summary>Services that are killed come back.</summary>
[Collection("node")]
[Trait("Category", "Endurance")]
public sealed class ServiceTests(NodeFixture node)
{
    [Theory]
    [InlineData("udevd")]
    [InlineData("trustd")]
    [InlineData("kubelet")]
    [InlineData("apid")]
    [InlineData("cri")]
    public async Task A_killed_service_is_back_within_seconds_and_an_event_says_so(string service)
    {
        await node.UntilPageAsync(node.Machine.Web(8082), "tools", TimeSpan.FromMinutes(6));
        await UntilHealthyAsync(service, TimeSpan.FromMinutes(3));
        int before = await ProcessAsync(service);

        Assert.Contains("killed", await node.Http.GetStringAsync(node.Machine.Web(8082, $"/cgi-bin/kill?{before}"), TestContext.Current.CancellationToken), StringComparison.Ordinal);

        await Until.HoldsAsync($"{service} running again", TimeSpan.FromSeconds(60), async () =>
            await ProcessAsync(service) is var now && now != before && now != 0 ? null : $"process {now}");
        await UntilHealthyAsync(service, TimeSpan.FromMinutes(2));
        string events = (await node.Machine.TalosctlAsync("events", "--tail", "200", "--duration", "5s")).Expect();
        Assert.Contains(service, events, StringComparison.Ordinal);
    }

    private Task UntilHealthyAsync(string service, TimeSpan limit) => Until.HoldsAsync($"{service} healthy", limit, async () =>
    {
        ServiceListResponse list = await new MachineService.MachineServiceClient(node.Admin).ServiceListAsync(new Empty());
        ServiceInfo? info = list.Messages.Single().Services.SingleOrDefault(s => s.Id == service);
        return info is { State: "Running", Health: { Healthy: true } or { Unknown: true } } ? null : $"{info}";
    });

    private async Task<int> ProcessAsync(string service)
    {
        string command = service == "cri" ? "containerd" : service;
        ProcessesResponse list = await new MachineService.MachineServiceClient(node.Admin).ProcessesAsync(new Empty());
        return list.Messages.Single().Processes.FirstOrDefault(p => p.Ppid == 1 && Path.GetFileName(p.Args.Split(' ')[0]) == command)?.Pid ?? 0;
    }
}
