using System.Text.Json;
using Talos.Fleet.Agent.Tests.Real;

namespace Talos.Fleet.Agent.Tests;

public sealed class MainTests
{
    [Fact]
    public async Task Whatever_fails_ends_the_agent_with_an_exit_code_and_no_exception()
    {
        string folder = Directory.CreateTempSubdirectory("fleet-main").FullName;
        AgentSettings settings = RunningAgent.Settings(folder, "node-a") with { Socket = Path.Combine(folder, "none.sock") };
        string path = Path.Combine(folder, "settings.json");
        await File.WriteAllBytesAsync(path, JsonSerializer.SerializeToUtf8Bytes(settings, AgentSettingsJson.Default.AgentSettings), TestContext.Current.CancellationToken);

        Assert.Equal(1, await FleetAgentMain.RunAsync([path], new BrokenTime()));
        Assert.Equal(1, await FleetAgentMain.RunAsync([Path.Combine(folder, "absent.json")], TimeProvider.System));
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>A clock that no wait can be made with.</summary>
    private sealed class BrokenTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            throw new ArgumentOutOfRangeException(nameof(dueTime));
    }
}
